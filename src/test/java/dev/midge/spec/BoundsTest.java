package dev.midge.spec;

import static dev.midge.spec.Packets.publish;
import static dev.midge.spec.Packets.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Notation;
import dev.midge.kit.RawClient;
import dev.midge.kit.RawWebSocket;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What strangers can make the server keep has a bound for all of them together, and an answer.
final class BoundsTest {
  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener("short-queue", "limits: { queue_bytes_max: 30KiB }")
          .shared("inbound_bytes_max: 1MiB\n")
          .shared("retained_bytes_max: 50KiB\n")
          .shared("queued_bytes_max: 100KiB\n")
          .shared("loops: 1\n");

  private static RawClient connected(String id) {
    return RawClient.connected(SERVER.port(), 5, id);
  }

  private static byte[] beginning(int count) {
    byte[] bytes = new byte[count];
    byte[] header = {0x30, (byte) 0x80, (byte) 0x80, 0x20, 0, 1, 'a', 0};
    System.arraycopy(header, 0, bytes, 0, header.length);
    return bytes;
  }

  @Test
  void ofTooManyUnfinishedPacketsTheLongestEndsItsConnection() {
    List<RawClient> others = new ArrayList<>();
    try (RawClient longest = connected("longest")) {
      longest.sendBytes(beginning(250_000));
      for (int i = 0; i < 30; i++) {
        others.add(connected("unfinished-" + i).sendBytes(beginning(50_000)));
      }
      longest.expectEnd(0x97);
      try (RawClient bystander = connected("bystander")) {
        bystander.expectNothing();
      }
    } finally {
      others.forEach(RawClient::close);
    }
  }

  @Test
  void whatAClientSentBeforeItClosedIsDealtWithInItsTurns() {
    int count = 20_000;
    try (RawClient reader = connected("reader")) {
      reader.send(subscribe(5, "parting/#", 0)).expectType(WirePacket.SUBACK);
      RawClient leaving = connected("leaving");
      leaving.send("30 ( \"parting\" ( ) 'x' ) ".repeat(count) + "e0 00").close();
      reader.readAll(count).expectNothing();
    }
  }

  @Test
  void aFrameIsReadBeforeItHasEnded() throws IOException {
    byte[] connect = Notation.bytes(RawClient.connect(4, 0x02, "", "frame"));
    try (RawWebSocket socket = RawWebSocket.open(SERVER.port("websocket"), "/mqtt", "mqtt")) {
      socket.sendBeginning(0x82, 10_000, connect);
      assertThat(socket.read().payload()).containsExactly(0x20, 2, 0, 0);
    }
  }

  @Test
  void aPathThatIsNoTextIsNotFound() throws IOException {
    try (RawWebSocket socket = RawWebSocket.dial(SERVER.port("websocket"))) {
      assertThat(socket.request("/%zz")).startsWith("HTTP/1.1 404");
    }
  }

  @Test
  void whatIsNotAcknowledgedTakesRoomInTheQueue() {
    try (RawClient hoarder = RawClient.connected(SERVER.port("short-queue"), 5, "hoarder");
        RawClient publisher = connected("hoarder-source")) {
      hoarder.send(subscribe(5, "hoard", 1)).expectType(WirePacket.SUBACK);
      for (int i = 0; i < 5; i++) {
        publisher.send("32 ( \"hoard\" 0001 ( ) 'x' *10000 )").expectType(WirePacket.PUBACK);
      }
      hoarder.readAll(3).expectNothing();
    }
  }

  @Test
  void levelsOfATopicTakeRoomAmongRetainedMessages() {
    try (RawClient client = connected("deep")) {
      String deep = "/".repeat(600);
      client.send("33 ( \"%s\" 0001 ( ) 'x' )".formatted(deep));
      assertThat(client.expectType(WirePacket.PUBACK).reason()).isEqualTo(0x97);
      client.send("33 ( \"flat\" 0002 ( ) 'x' )");
      assertThat(client.expectType(WirePacket.PUBACK).reason()).isNotEqualTo(0x97);
    }
  }

  @Test
  void aWillForWhichThereIsNoRoomIsRefused() {
    List<RawClient> others = new ArrayList<>();
    try {
      int reason = 0;
      for (int i = 0; i < 5 && reason == 0; i++) {
        RawClient client = RawClient.open(SERVER.port()).speak(5);
        others.add(client);
        client.send(
            "10 ( \"MQTT\" 05 06 003c ( ) \"will-%d\" ( ) \"w\" [ 00 *40000 ] )".formatted(i));
        reason = client.expectType(WirePacket.CONNACK).reason();
      }
      assertThat(reason).isEqualTo(0x97);
    } finally {
      others.forEach(RawClient::close);
    }
  }

  @Test
  void aLongTopicGetsNoAlias() {
    String topic = "t".repeat(2000);
    try (RawClient client = RawClient.open(SERVER.port()).speak(5)) {
      client.send(RawClient.connect(5, 0x02, "22 0009", "aliases")).expectType(WirePacket.CONNACK);
      client.send(subscribe(5, topic, 0)).expectType(WirePacket.SUBACK);
      for (int i = 0; i < 2; i++) {
        client.send(publish(5, 0x30, topic, "x"));
        byte[] body = client.expectType(WirePacket.PUBLISH).body();
        assertThat(Arrays.copyOf(body, 2)).containsExactly(2000 >>> 8, (byte) 2000);
      }
    }
  }
}
