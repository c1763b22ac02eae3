package dev.midge.spec;

import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// 3.12 PINGREQ and 3.13 PINGRESP.
final class Spec312PingTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement("MQTT-3.12.4-1")
  void aPingIsAnswered(int version) {
    try (RawClient client = RawClient.connected(SERVER.port(), version, "ping")) {
      client.send("c0 00").expect("d0 00");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  @Statement("MQTT-2.1.3-1")
  void aPingWithFlagsEndsTheConnection(int version) {
    try (RawClient client = RawClient.connected(SERVER.port(), version, "ping-flags")) {
      client.send("c1 00").expectEnd(0x81);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void aPingWithABodyEndsTheConnection(int version) {
    try (RawClient client = RawClient.connected(SERVER.port(), version, "ping-body")) {
      client.send("c0 ( 00 )").expectEnd(0x81);
    }
  }
}
