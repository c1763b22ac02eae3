package dev.midge.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.Counter;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestClock;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Who may come in, by address: beyond that, connections are reset as they are accepted, and other
/// addresses do not notice.
final class AddressLimitsTest {
  private static final TestClock CLOCK = new TestClock();
  private static final String OTHER = "127.0.0.2";

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .clock(CLOCK)
          .listener("one-publish", "limits: { publishes: 1/s burst 1 }")
          .addresses(
              """
              exempt: [127.0.0.3]
              connections_max: 10
              connects: 30/s burst 30
              failures: 6/min burst 6\
              """);

  @BeforeEach
  void allIsForgotten() {
    CLOCK.forget();
  }

  @Test
  void anAddressHasOnlySoManyConnectionsAtATime() {
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 10; i++) {
        clients.add(RawClient.connected(SERVER.port(), 4, "one-" + i));
      }
      try (RawClient tooMany = RawClient.open(SERVER.port())) {
        tooMany.send(RawClient.connect(4, 2, "", "too-many")).expectClosed();
      }
      assertThat(SERVER.count(Counter.CONNECTIONS_OVER_ADDRESS)).isPositive();
      letIn(OTHER);
      letIn("127.0.0.3");
      clients.forEach(client -> client.expectNothing());
      clients.removeLast().leave();
      clients.removeLast().leave();
      letInAtLast();
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  @Test
  void aConnectionCountsUntilAllThatItBroughtWasRead() {
    try (RawClient witness = RawClient.openFrom(OTHER, SERVER.port())) {
      RawClient.connected(witness, 4, "witness")
          .send("82 ( 0001 \"hurried\" 00 )")
          .expectType(WirePacket.SUBACK);
      for (int i = 0; i < 10; i++) {
        try (RawClient hurried = RawClient.open(SERVER.port("one-publish"))) {
          RawClient.connected(hurried, 4, "hurried-" + i)
              .send("30 ( \"hurried\" ) ".repeat(2) + "e0 00");
        }
      }
      witness.readAll(10);
      for (int i = 0; i < 5; i++) {
        letIn(OTHER);
        try (RawClient tooMany = RawClient.open(SERVER.port())) {
          tooMany.send(RawClient.connect(4, 2, "", "too-many")).expectClosed();
        }
      }
      CLOCK.pass(Duration.ofSeconds(10));
      witness.readAll(10).expectNothing();
      for (int i = 0; i < 10; i++) {
        try (RawClient successor = RawClient.openFrom(OTHER, SERVER.port())) {
          RawClient.connected(successor, 4, "hurried-" + i).leave();
        }
      }
      letInAtLast();
    }
  }

  @Test
  void anAddressOpensConnectionsOnlySoFast() {
    for (int i = 0; i < 30; i++) {
      RawClient.connected(SERVER.port(), 5, "fast").leave();
    }
    long before = SERVER.count(Counter.CONNECTS_OVER_RATE);
    try (RawClient tooFast = RawClient.open(SERVER.port())) {
      tooFast.send(RawClient.connect(5, 2, "", "fast")).expectClosed();
    }
    assertThat(SERVER.count(Counter.CONNECTS_OVER_RATE)).isEqualTo(before + 1);
    letIn(OTHER);
    CLOCK.pass(Duration.ofSeconds(1));
    letIn("127.0.0.1");
  }

  @Test
  void anAddressWhoseConnectionsFailIsNotLetInForAWhile() {
    for (int i = 0; i < 10; i++) {
      try (RawClient stranger = RawClient.open(SERVER.port())) {
        stranger.send("ff ff ff ff").expectClosed();
      }
    }
    try (RawClient sorry = RawClient.open(SERVER.port())) {
      sorry.send(RawClient.connect(5, 2, "", "sorry")).expectClosed();
    }
    assertThat(SERVER.count(Counter.CONNECTS_AFTER_FAILURES)).isPositive();
    letIn(OTHER);
    CLOCK.pass(Duration.ofMinutes(2));
    letIn("127.0.0.1");
  }

  @Test
  void whatTheServerOpensToSeeItselfCountsForNoAddress() {
    long before = SERVER.count(Counter.CONNECTS_OVER_RATE);
    SERVER.server().lookAtItself(); // There are more listeners than an address may open at once.
    assertThat(SERVER.count(Counter.CONNECTS_OVER_RATE)).isEqualTo(before);
    letIn("127.0.0.1");
  }

  @Test
  void oneThatIsExemptIsHeldToNothing() {
    for (int i = 0; i < 100; i++) {
      letIn("127.0.0.3");
    }
  }

  private static void letIn(String address) {
    try (RawClient client = RawClient.openFrom(address, SERVER.port())) {
      RawClient.connected(client, 4, "from-" + address).leave();
    }
  }

  /// A connection that the client has closed counts until the server knows it, too.
  private static void letInAtLast() {
    int attempts = 0;
    boolean isIn = false;
    while (!isIn) {
      assertThat(attempts++).isLessThan(25);
      try (RawClient client = RawClient.open(SERVER.port())) {
        RawClient.connected(client, 4, "at-last").leave();
        isIn = true;
      } catch (AssertionError tooEarly) {
        isIn = false;
      }
    }
  }
}
