package dev.midge.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.oneOf;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestClock;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the site tells of limits is what holds.
class LimitPagesTest {
  private static final TestClock CLOCK = new TestClock();

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .clock(CLOCK)
          .listener("modest", "limits: { publishes: 7/s burst 70, subscriptions_max: 123 }")
          .shared("sessions_max: 4321")
          .addresses(
              """
              connections_max: 77
              failures: 6/min burst 6
              ban_seconds: 300
              sessions_max: 20
              publishes: 100/s burst 100\
              """);

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  @Test
  void theyAreTheOnesThatAreConfigured() {
    for (String path : new String[] {"/limits", "/limits.json"}) {
      assertThat(visitor.text(path))
          .as(path)
          .contains("modest", "7/s burst 70", "123", "4321", "77", "100/s burst 100");
    }
    visitor
        .ask()
        .get("/limits.json")
        .then()
        .body("addresses.connections_max", equalTo("77"), "server", hasKey("handshakes_max"))
        .body("listeners", not(hasKey("operator")))
        .body("listeners.web.'http.requests_per_second_max'", equalTo("20"))
        .rootPath("listeners.modest")
        .body("subscriptions_max", equalTo("123"))
        .body("", both(hasKey("will_bytes_max")).and(hasKey("slowed_seconds_max")));
  }

  @Test
  void anAddressIsToldWhatItHasAndWhatIsLeftToIt() {
    CLOCK.forget();
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "has-something")) {
      client.send("82 ( 0001 \"mine\" 00 )").expectType(WirePacket.SUBACK);
      client.send("32 ( \"mine/too\" 0001 'x' )").expectType(WirePacket.PUBACK);

      visitor
          .ask()
          .get("/limits/me")
          .then()
          .body("address", equalTo("127.0.0.1"), "exempt", equalTo(false))
          .body("limited", equalTo(false), "ban", nullValue())
          .body("has.subscriptions", equalTo(1))
          .body("left.publishes", equalTo(99), "left.connects", nullValue());
      assertThat(visitor.text("/limits"))
          .contains("You are not limited just now", "<dt>subscriptions</dt><dd>1</dd>");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void aClientIsToldOfItselfOverMqtt(int version) {
    CLOCK.forget();
    String properties = version == 5 ? "( )" : "";
    String subscribe =
        "82 ( 0001 %s \"$SYS/broker/limits/me\" 00 \"other\" 00 )".formatted(properties);
    try (RawClient one = RawClient.connected(SERVER.port("modest"), version, "one");
        RawClient other = RawClient.connected(SERVER.port(), version, "other")) {
      for (int i = 0; i < 3; i++) {
        one.send("32 ( \"any\" 0001 %s 'x' )".formatted(properties)).expectType(WirePacket.PUBACK);
      }
      one.send(subscribe).expectType(WirePacket.SUBACK);
      other.send(subscribe).expectType(WirePacket.SUBACK);
      WirePacket told = one.expectType(WirePacket.PUBLISH);
      assertThat(told.topic()).isEqualTo("$SYS/broker/limits/me");
      assertThat(told.text())
          .contains(
              "{\"address\":{\"address\":\"127.0.0.1\",\"exempt\":false",
              "\"client\":{\"client_id\":\"one\",\"listener\":\"modest\",\"slowed\":false",
              "\"wait_seconds\":0,\"left\":{\"publishes\":67,",
              "\"max\":{\"subscriptions\":123,");
      assertThat(other.expectType(WirePacket.PUBLISH).text())
          .contains("\"client_id\":\"other\"", "\"left\":{\"publishes\":null,");
      one.expectNothing();
      other.expectNothing();
    }
  }

  @Test
  void whoSendsTooFastIsToldForHowLongHeIsNotRead() {
    CLOCK.forget();
    try (RawClient client = RawClient.connected(SERVER.port("modest"), 5, "fast")) {
      client.send(
          "82 ( 0001 ( ) \"$SYS/broker/limits/me\" 00 ) " + "30 ( \"any\" ( ) ) ".repeat(90));
      client.expectType(WirePacket.SUBACK);
      assertThat(client.expectType(WirePacket.PUBLISH).text())
          .contains("\"slowed\":true", "\"wait_seconds\":1,\"left\":{\"publishes\":0");
    }
    CLOCK.forget();
  }

  @Test
  void whoIsBannedIsToldWhyAndForHowLong() {
    for (int i = 0; i < 10; i++) {
      try (RawClient stranger = RawClient.open(SERVER.port())) {
        stranger.send("ff ff ff ff").expectClosed();
      }
    }

    visitor
        .ask()
        .get("/limits/me")
        .then()
        .body("limited", equalTo(true))
        .body("ban.reason", equalTo("too many connections that failed"))
        .body("ban.seconds_left", oneOf(300, 301));
    assertThat(visitor.text("/limits"))
        .containsPattern("banned for 30[01] more seconds: too many connections that failed");
    CLOCK.forget();
    visitor.ask().get("/limits/me").then().body("limited", equalTo(false), "ban", nullValue());
  }
}
