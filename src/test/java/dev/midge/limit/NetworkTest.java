package dev.midge.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A network as text and as a key, and bans that are found by it.
class NetworkTest {
  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7",
    "192.0.2.7/32, 192.0.2.7",
    "192.0.2.7/24, 192.0.2.0/24",
    "::ffff:192.0.2.7, 192.0.2.7",
    "0.0.0.0/0, 0.0.0.0/0",
    "2001:db8::1/32, 2001:db8:0:0:0:0:0:0/32",
    "2001:db8::1/128, 2001:db8:0:0:0:0:0:1",
    "2001:db8:0:1:8000::/65, 2001:db8:0:1:8000:0:0:0/65"
  })
  void itIsWrittenInOneWay(String text, String written) {
    assertThat(Network.of(text).text()).isEqualTo(written);
    assertThat(Network.of(written)).isEqualTo(Network.of(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "loopback", "192.0.2", "192.0.2.0/33", "192.0.2.0/-1", "::/129", "a"})
  void whatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> Network.of(text)).hasMessage(text);
  }

  @Test
  void aBanIsFoundForEachAddressInItsNetworkWhileItHolds() throws UnknownHostException {
    BanTable bans =
        new BanTable(
            Map.of(
                Network.of("192.0.2.0/24"), Ban.from(0, Ban.By.OPERATOR, "short", 10),
                Network.of("192.0.2.9"), Ban.from(0, Ban.By.OPERATOR, "long", 20),
                Network.of("2001:db8::/33"), Ban.from(0, Ban.By.FILE, "ever", 0)));

    assertThat(reason(bans, "192.0.2.200", 9)).isEqualTo("short");
    assertThat(reason(bans, "192.0.2.200", 11)).isEqualTo("none");
    assertThat(reason(bans, "192.0.2.9", 11)).isEqualTo("long");
    assertThat(reason(bans, "192.0.3.9", 1)).isEqualTo("none");
    assertThat(reason(bans, "2001:db8:7fff::1", 1_000_000)).isEqualTo("ever");
    assertThat(reason(bans, "2001:db8:8000::1", 1)).isEqualTo("none");
  }

  private static String reason(BanTable bans, String address, long seconds)
      throws UnknownHostException {
    Ban ban = bans.find(InetAddress.getByName(address), seconds * 1_000_000_000L);
    return ban == null ? "none" : ban.reason();
  }
}
