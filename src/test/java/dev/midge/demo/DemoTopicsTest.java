package dev.midge.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What clients make of demo traffic: anybody reads it, and nobody but the server writes it.
class DemoTopicsTest {
  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener("for-strangers", "access: { policy: public }")
          .listener("of-accounts", "access: { anonymous: false, users: accounts }")
          .shared("demo: true");

  @RegisterExtension static final TestServer SILENT = TestServer.local();

  @Test
  void whoSubscribesSeesAllOfIt() {
    Set<String> topics = new HashSet<>();
    try (RawClient first = RawClient.connected(SERVER.port(), 4, "first")) {
      first.send("82 ( 0001 \"demo/#\" 00 )");
      while (topics.size() < 20) {
        WirePacket packet = first.read();
        if (packet.type() == WirePacket.PUBLISH) {
          topics.add(packet.topic());
        }
      }
    }
    assertThat(topics)
        .contains(
            "demo/time",
            "demo/factory/line1/temperature",
            "demo/factory/line1/pressure",
            "demo/factory/line1/vibration",
            "demo/factory/line1/state",
            "demo/grid/north/meter-1",
            "demo/grid/south/outage",
            "demo/grid/load");
  }

  @Test
  void nothingOfItIsRetained() {
    try (RawClient asks = RawClient.connected(SERVER.port(), 4, "asks");
        RawClient all = RawClient.connected(SERVER.port(), 4, "all")) {
      asks.send("82 ( 0001 \"demo/time\" 00 )").expectType(WirePacket.SUBACK);
      asks.expectType(WirePacket.PUBLISH);
      all.send("82 ( 0001 \"#\" 00 ) 82 ( 0002 \"+/+\" 00 )").expectType(WirePacket.SUBACK);
      WirePacket next = all.read();
      while (next.type() == WirePacket.PUBLISH) {
        assertThat(next.header() & 1).as("retained").isZero();
        next = all.read();
      }
      assertThat(next.type()).isEqualTo(WirePacket.SUBACK);
    }
  }

  @Test
  void itGoesOn() {
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "patient")) {
      client.send("82 ( 0001 \"demo/time\" 00 )");
      Set<String> times = new HashSet<>();
      while (times.size() < 2) {
        WirePacket packet = client.read();
        if (packet.type() == WirePacket.PUBLISH) {
          times.add(packet.text());
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "plain, demo",
    "plain, demo/x",
    "plain, demo/time",
    "for-strangers, demo/time",
    "plain, demo/factory/line1/state",
    "for-strangers, demo/"
  })
  void nobodyElseWritesBelowDemo(String listener, String topic) {
    try (RawClient client = RawClient.connected(SERVER.port(listener), 5, "intruder")) {
      client.send("33 ( \"%s\" 0001 ( ) 'x' )".formatted(topic));
      assertThat(client.expectType(WirePacket.PUBACK).reason()).isEqualTo(0x87);
      client.send("35 ( \"%s\" 0002 ( ) 'x' )".formatted(topic));
      assertThat(client.expectType(WirePacket.PUBREC).reason()).isEqualTo(0x87);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"demonstration", "demo-x/y", "x/demo/y", "Demo/x", "dem", "demo2/x"})
  void otherTopicsAreForAll(String topic) {
    try (RawClient client = RawClient.connected(SERVER.port(), 5, "neighbour")) {
      client.send("32 ( \"%s\" 0001 ( ) 'x' )".formatted(topic));
      assertThat(client.expectType(WirePacket.PUBACK).reason()).isEqualTo(0x10);
    }
  }

  @Test
  void anAccountThatWritesEverythingDoesNotWriteBelowDemo() {
    try (RawClient client = RawClient.open(SERVER.port("of-accounts")).speak(5)) {
      client.send("10 ( \"MQTT\" 05 c2 003c ( ) \"rw\" \"rw\" [ 'readwrite' ] )");
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isZero();
      client.send("32 ( \"demo/x\" 0001 ( ) 'x' )");
      assertThat(client.expectType(WirePacket.PUBACK).reason()).isEqualTo(0x87);
    }
  }

  @Test
  void aWillBelowDemoIsRefused() {
    try (RawClient client = RawClient.open(SERVER.port()).speak(5)) {
      client.send("10 ( \"MQTT\" 05 06 003c ( ) \"late\" ( ) \"demo/x\" [ 'x' ] )");
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x87);
    }
  }

  @Test
  void withoutDemoTrafficThereIsNone() {
    try (RawClient client = RawClient.connected(SILENT.port(), 4, "listener")) {
      client.send("82 ( 0001 \"demo/#\" 00 )").expectType(WirePacket.SUBACK);
      client.expectNothing();
    }
  }
}
