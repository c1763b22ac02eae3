package dev.midge.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which addresses the networks of a setting are.
class NetworksTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.255, true",
    "192.0.2.0/24, 192.0.3.0, false",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.128/25, 192.0.2.129, true",
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, ::ffff:192.0.2.1, true",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "2001:db8::/32, 2001:db8:ffff::1, true",
    "2001:db8::/32, 2001:db9::1, false",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "loopback, 127.9.9.9, true",
    "loopback, ::1, true",
    "loopback, 10.0.0.1, false",
    "private, 172.31.255.255, true",
    "private, 172.32.0.0, false",
    "private, fd00::1, true"
  })
  void aNetworkIsAllAddressesThatBeginLikeIt(String network, String address, boolean isIn)
      throws UnknownHostException {
    assertThat(Networks.of(List.of(network)).contains(InetAddress.getByName(address)))
        .isEqualTo(isIn);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "192.0.2",
        "192.0.2.0/33",
        "2001:db8::/129",
        "1.2.3.4/x",
        "256.1.1.1"
      })
  void whatIsNoneIsTold(String text) {
    assertThat(Networks.isNetwork(text)).isFalse();
  }
}
