package dev.midge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.broker.Counter;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestClock;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who is banned is not let in: for a time that grows, or as the operator says.
final class BanTest {
  private static final TestClock CLOCK = new TestClock();

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local().clock(CLOCK).addresses("failures: 6/min burst 6\nban_seconds: 300");

  @Test
  void anAddressWhoseConnectionsFailIsBannedAndLongerTheNextTime() {
    String address = "127.0.0.21";
    misbehave(address);
    CLOCK.pass(Duration.ofSeconds(299));
    assertThat(isLetIn(address)).isFalse();
    assertThat(SERVER.count(Counter.CONNECTS_WHILE_BANNED)).isPositive();
    assertThat(isLetIn("127.0.0.22")).isTrue();
    CLOCK.pass(Duration.ofSeconds(2));
    assertThat(isLetIn(address)).isTrue();

    misbehave(address);
    CLOCK.pass(Duration.ofSeconds(599));
    assertThat(isLetIn(address)).isFalse();
    CLOCK.pass(Duration.ofSeconds(2));
    assertThat(isLetIn(address)).isTrue();

    CLOCK.pass(Duration.ofMinutes(25));
    misbehave(address);
    CLOCK.pass(Duration.ofSeconds(301));
    assertThat(isLetIn(address)).isTrue();
  }

  @Test
  void theOperatorsBansHoldFromWhenTheFileSaysThemUntilItDoesNot() throws IOException {
    Path file = SERVER.listeners().resolve("bans.yaml");
    assertThat(isLetIn("127.0.0.33")).isTrue();
    Files.writeString(file, "127.0.0.32/31: scans for open relays\n127.0.0.40: floods\n");
    SERVER.reload();
    assertThat(isLetIn("127.0.0.33")).isFalse();
    assertThat(isLetIn("127.0.0.40")).isFalse();
    assertThat(isLetIn("127.0.0.34")).isTrue();
    Files.writeString(file, "127.0.0.34/99: no network\n");
    assertThatThrownBy(SERVER::reload).hasMessageContaining("'127.0.0.34/99' is no address");
    assertThat(isLetIn("127.0.0.33")).isFalse();
    assertThat(isLetIn("127.0.0.34")).isTrue();
    Files.delete(file);
    SERVER.reload();
    assertThat(isLetIn("127.0.0.33")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void aBanEndsTheConnectionsOfItsAddressAndNobodyElses(int version) throws IOException {
    String address = "127.0.0.5" + version;
    long before = SERVER.count(Counter.CONNECTIONS_BANNED);
    try (RawClient banned = connected(address, version, "banned");
        RawClient silent = RawClient.openFrom(address, SERVER.port());
        RawClient other = connected("127.0.0.60", version, "other")) {
      SERVER.write("bans.yaml", address + ": scans for open relays\n");
      SERVER.reload();
      banned.expectEnd(0x98);
      silent.expectClosed();
      other.send("c0 00").expect("d0 00");
    } finally {
      SERVER.remove("bans.yaml");
      SERVER.reload();
    }
    assertThat(SERVER.count(Counter.CONNECTIONS_BANNED)).isEqualTo(before + 2);
  }

  @Test
  void aBanForWhatFailedIsForNewcomersOnly() throws IOException {
    String address = "127.0.0.70";
    List<RawClient> banned = new ArrayList<>();
    try (RawClient open = connected(address, 5, "open")) {
      misbehave(address);
      for (int i = 0; i < 8; i++) { // On every loop.
        banned.add(connected("127.0.0.71", 5, "banned-" + i));
      }
      SERVER.write("bans.yaml", "127.0.0.71: floods\n");
      SERVER.reload();
      banned.forEach(client -> client.expectEnd(0x98));
      assertThat(isLetIn(address)).isFalse();
      open.expectNothing();
    } finally {
      banned.forEach(RawClient::close);
      SERVER.remove("bans.yaml");
      SERVER.reload();
    }
  }

  private static RawClient connected(String address, int version, String clientId) {
    return RawClient.connected(RawClient.openFrom(address, SERVER.port()), version, clientId);
  }

  private static void misbehave(String address) {
    for (int i = 0; i < 10; i++) {
      try (RawClient stranger = RawClient.openFrom(address, SERVER.port())) {
        stranger.send("ff ff ff ff").expectClosed();
      }
    }
  }

  private static boolean isLetIn(String address) {
    try (RawClient client = RawClient.openFrom(address, SERVER.port()).speak(4)) {
      client.send(RawClient.connect(4, 2, "", "from-" + address));
      return client.expectType(WirePacket.CONNACK).reason() == 0;
    } catch (AssertionError closed) {
      return false;
    }
  }
}
