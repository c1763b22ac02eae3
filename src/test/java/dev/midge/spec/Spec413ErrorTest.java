package dev.midge.spec;

import static dev.midge.spec.Packets.noProperties;
import static dev.midge.spec.Packets.publish;
import static dev.midge.spec.Packets.publishSafely;
import static dev.midge.spec.Packets.subscribe;
import static dev.midge.spec.Packets.subscriber;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Notation;
import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// 4.13 Handling errors, and that the errors of one client are no one else's.
final class Spec413ErrorTest {
  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener(
              "few-properties",
              "limits: { user_properties_max: 10, user_properties_bytes_max: 100 }")
          .listener(
              "thin",
              """
              mqtt: { packet_bytes_max: 1000, receive_max: 2 }
              limits: { outbound_bytes_max: 64KiB }
              """);

  private static RawClient connected(int version, String id) {
    return RawClient.connected(SERVER.port(), version, id);
  }

  @ParameterizedTest
  @CsvSource({
    "00 00, 0x81", // Malformed: it cannot be read.
    "c0 ( 00 ), 0x81",
    "30 ( [ ff ] ( ) ), 0x81",
    "30 ( \"a\" ( 11 00000000 ) ), 0x81",
    "82 ( 0001 ( ) \"a\" 80 ), 0x81",
    "62 ( 0001 00 ( ) 00 ), 0x81",
    "10 ( \"MQTT\" 05 02 003c ( ) \"x\" ), 0x82", // Protocol error: it must not be there.
    "d0 00, 0x82",
    "82 ( 0001 ( ) ), 0x82",
    "30 ( \"\" ( ) 'x' ), 0x82",
    "40 ( 0001 01 ), 0x82", // No reason code of PUBACK.
    "50 ( 0001 92 ), 0x82",
    "62 ( 0001 80 ), 0x82",
    "70 ( 0001 10 ), 0x82",
    "f0 ( 18 ( 15 \"SCRAM-SHA-256\" ) ), 0x82", // No authentication is under way.
    "30 ( \"a\" ( 23 0000 ) 'x' ), 0x94", // Those with a code of their own.
    "30 ( \"a\" ( 23 ffff ) 'x' ), 0x94",
  })
  @Statement({"MQTT-4.13.1-1", "MQTT-4.13.2-1", "MQTT-3.14.2-1"})
  void fiveSaysWhatWasWrongAndCloses(String packet, String reason) {
    try (RawClient client = connected(5, "wrong")) {
      WirePacket end = client.send(packet + " c0 00").expectType(WirePacket.DISCONNECT);
      assertThat(end.reason()).isEqualTo(Integer.decode(reason));
      assertThat(end.property(0x1F).text()).as("reason string").isNotEmpty();
      client.expectClosed();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00 00",
        "c0 ( 00 )",
        "30 ( [ ff ] )",
        "30 ( \"\" 'x' )",
        "82 ( 0001 \"a\" 80 )",
        "10 ( \"MQTT\" 04 02 003c \"x\" )",
        "d0 00",
        "f0 00"
      })
  @Statement(value = "MQTT-4.13.1-1", v3 = "MQTT-4.8.0-1")
  void beforeFiveTheServerClosesWithoutAWord(String packet) {
    for (int version = 3; version <= 4; version++) {
      try (RawClient client = connected(version, "wrong")) {
        client.send(packet + " c0 00").expectClosed();
      }
    }
  }

  @Test
  @Statement("MQTT-3.2.2-15")
  void aPacketThatIsTooLongIsRefusedByItsLengthAlone() {
    try (RawClient client = RawClient.connected(SERVER.port("thin"), 5, "thin")) {
      client.send("30 e8 07").expectEnd(0x95); // 1003 bytes, of which none comes.
    }
    try (RawClient client = RawClient.connected(SERVER.port("thin"), 4, "thin")) {
      client.send("30 ff ff ff 7f").expectClosed();
    }
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send("10 ff ff ff 7f").expectClosed();
    }
  }

  @Test
  void aFloodOfUserPropertiesIsRefused() {
    try (RawClient client = RawClient.connected(SERVER.port("few-properties"), 5, "flood")) {
      client.send("30 ( \"a\" ( %s ) )".formatted("26 \"\" \"\" ".repeat(10)));
      client.expectNothing();
      client.send("30 ( \"a\" ( %s ) )".formatted("26 \"\" \"\" ".repeat(11))).expectEnd(0x97);
    }
    String twice = "30 ( \"a\" ( 26 \"name\" \"%1$s\" 26 \"name\" \"%1$s\" ) )";
    try (RawClient client = RawClient.connected(SERVER.port("few-properties"), 5, "heavy")) {
      client.send(twice.formatted("x".repeat(41))).expectNothing(); // 50 bytes each.
      client.send(twice.formatted("x".repeat(42))).expectEnd(0x97);
    }
  }

  @Test
  @Statement("MQTT-3.3.4-7")
  void messagesThatAreNeverReleasedAreTakenOnlyAsFarAsAgreed() {
    try (RawClient client = RawClient.connected(SERVER.port("thin"), 5, "hoarder")) {
      for (int i = 0; i < 5; i++) { // Again and again the same one is one.
        client.send("34 ( \"a\" 0001 ( ) 'x' )").expectType(WirePacket.PUBREC);
      }
      client.send("34 ( \"a\" 0002 ( ) 'x' )").expectType(WirePacket.PUBREC);
      client.send("34 ( \"a\" 0003 ( ) 'x' )").expectEnd(0x93);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void acknowledgementsOfNothingAreNoTrouble(int version) {
    try (RawClient client = connected(version, "acks")) {
      for (int i = 1; i <= 200; i++) {
        client.send("40 02 %1$04x 70 02 %1$04x".formatted(i * 300));
        client.send("50 02 %04x".formatted(i * 300)).expectType(WirePacket.PUBREL);
        client.send("62 02 %04x".formatted(i * 300)).expectType(WirePacket.PUBCOMP);
      }
      client.expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void nothingAfterTheErrorIsDone(int version) {
    try (RawClient witness = subscriber(SERVER.port(), version, "witness", "after/#", 0);
        RawClient client = connected(version, "errs")) {
      client.send(
          publish(version, 0, "after/1", "before")
              + " c1 ( 00 ) "
              + publish(version, 0, "after/2", "after"));
      client.expectEnd(0x81);
      assertThat(witness.expectType(WirePacket.PUBLISH).text()).isEqualTo("before");
      witness.expectNothing();
    }
  }

  /// All that the catalogue of broken brokers names, after CONNECT: in notation with `%s` where
  /// MQTT 5.0 has properties.
  private static final List<String> BAD_PACKETS =
      List.of(
          "30 ff ff ff ff ff", // Lengths.
          "30 80 80 80 80 01",
          "00 00",
          "0f ff ff ff 7f",
          "32 ( \"a\" )", // Cut short.
          "82 ( 0001 %s \"a\" )",
          "82 ( 0001 %s ffff 'a' )",
          "a2 ( 0001 %s 00 )",
          "40 ( 00 )",
          "62 00",
          "30 ( \"a\" ( 26 ffff 'a' ) )",
          "30 ( \"a\" ( 7f 00 ) )", // Properties.
          "30 ( \"a\" ( 02 00000001 02 00000001 ) )",
          "30 ( \"a\" ff ff ff 7f )",
          "30 ( [ 00 ] %s )", // Strings.
          "30 ( [ eda080 ] %s )",
          "82 ( 0001 %s [ c080 ] 00 )",
          "30 ( \"\" %s )", // Topics.
          "30 ( \"a/#\" %s )",
          "82 ( 0001 %s \"\" 00 )",
          "82 ( 0001 %s \"a#\" 00 )",
          "82 ( 0001 %s \"$share/\" 00 )",
          "82 ( 0001 %s \"$share//a\" 00 )",
          "82 ( 0001 %s \"$share/+/a\" 00 )",
          "82 ( 0001 %s \"$share/g\" 00 )",
          "a2 ( 0001 %s \"$share/g/\" )",
          "82 ( 0001 %s \"a\" ff )",
          "20 02 0000", // State.
          "90 ( 0001 00 )",
          "10 ( \"MQTT\" 05 02 003c ( ) \"x\" )",
          "36 ( \"a\" 0001 %s )",
          "30 ( \"a\" ( 23 ffff ) )",
          "f0 ( 19 ( 15 \"x\" ) )");

  /// The same, and bytes that are wrong before or in CONNECT.
  private static final List<String> BAD_BEGINNINGS =
      List.of(
          "30 ff ff ff 7f",
          "10 ff ff ff 7f 0004 'MQTT'",
          "10 ff ff ff ff ff",
          "40 02 0001",
          "e0 00",
          "f0 00",
          "10 00",
          "10 ( \"MQTT\" )",
          "10 ( \"MQTT\" 05 02 003c ff ff ff 7f )",
          "10 ( \"MQTT\" 05 c6 003c ( ) \"x\" ( 18 ffffffff 26 \"\" ) )",
          "10 ( \"MQTT\" 04 ff 003c \"x\" )",
          "10 ( \"MQTT\" 04 c2 003c [ ff ] )",
          "10 ( \"MQTT\" 05 02 003c ( 15 \"x\" ) \"x\" )",
          "10 ( \"MQTT\" 05 02 003c ( 16 [ 00 ] ) \"x\" )",
          "10 ( \"MQIsdp\" 83 02 003c \"x\" )",
          "16 03 01 02 00 01 00 01 fc 03 03",
          "'GET / HTTP/1.1' 0d0a 'Host: x' 0d0a0d0a",
          "'PROXY TCP4 203.0.113.9 192.0.2.1 1 1883' 0d0a");

  @Test
  @Statement("MQTT-4.13.1-1")
  void badInputCostsNobodyElseAnything() {
    try (RawClient subscriber = subscriber(SERVER.port(), 5, "bystander", "calm", 2);
        RawClient publisher = connected(4, "calm")) {
      publishSafely(publisher, 1, "kept", "kept");
      List<RawClient> open = new ArrayList<>();
      for (int version = 3; version <= 5; version++) {
        for (String packet : BAD_PACKETS) {
          RawClient client = connected(version, "bad-" + open.size());
          open.add(client.send(packet.replace("%s", noProperties(version))));
          exchange(publisher, subscriber, "after " + packet);
        }
      }
      for (String beginning : BAD_BEGINNINGS) {
        open.add(RawClient.open(SERVER.port()).send(beginning));
        exchange(publisher, subscriber, "after " + beginning);
      }
      for (RawClient client : open) {
        client.close();
        exchange(publisher, subscriber, "closing");
      }
      try (RawClient late = subscriber(SERVER.port(), 3, "late", "kept", 0)) {
        assertThat(late.expectType(WirePacket.PUBLISH).text()).isEqualTo("kept");
      }
    }
  }

  private static void exchange(RawClient publisher, RawClient subscriber, String when) {
    publishSafely(publisher, 0, "calm", "x");
    WirePacket message = subscriber.expectType(WirePacket.PUBLISH);
    assertThat(message.text()).as(when).isEqualTo("x");
    subscriber.send("40 02 %04x".formatted(message.packetId()));
  }

  /// Good packets with some bytes changed, by a seed that is in the name of the test: whatever
  /// comes of it, the server answers others.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void changedBytesCostNobodyElseAnything(long seed) {
    Random random = new Random(seed);
    List<String> good =
        List.of(
            "10 ( \"MQTT\" 05 c6 003c ( 11 00000000 21 0010 26 \"n\" \"v\" ) \"mut\""
                + " ( 18 00000000 03 \"t\" ) \"mutants/will\" [ 'w' ] \"user\" [ 'secret' ] )",
            "32 ( \"mutants/a\" 0001 ( 01 01 02 00000064 23 0001 26 \"n\" \"v\" ) 'payload' )",
            "82 ( 0002 ( 0b 05 ) \"mutants/+/b\" 01 \"$share/g/mutants/#\" 02 )",
            "34 ( \"mutants/c\" 0003 ( 08 \"mutants/r\" 09 [ 0102 ] ) 'payload' )",
            "62 ( 0003 00 ( 1f \"r\" ) )",
            "a2 ( 0004 ( ) \"mutants/+/b\" )");
    try (RawClient subscriber = subscriber(SERVER.port(), 5, "calm-" + seed, "calm", 1);
        RawClient publisher = connected(4, "calm-publisher-" + seed)) {
      for (int i = 0; i < 250; i++) {
        byte[] bytes = Notation.bytes(String.join(" ", good));
        for (int change = random.nextInt(4); change >= 0; change--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
        try (RawClient mutant = RawClient.open(SERVER.port())) {
          mutant.sendBytes(Arrays.copyOf(bytes, length));
        }
        if (i % 10 == 0) {
          exchange(publisher, subscriber, "round " + i);
        }
      }
      exchange(publisher, subscriber, "at the end");
    }
  }

  /// Somebody sends more than sockets hold, and never reads what comes back.
  @Test
  void whoNeverReadsItsAnswersDelaysNobody() {
    byte[] requests = Notation.bytes(subscribe(5, "rude", 0).repeat(20_000));
    RawClient rude = RawClient.connected(SERVER.port("thin"), 5, "rude");
    try (RawClient subscriber = subscriber(SERVER.port(), 5, "patient", "calm", 1);
        RawClient publisher = connected(4, "patient-publisher")) {
      publishSafely(publisher, 1, "rude", "x".repeat(60_000));
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> IntStream.range(0, 10).forEach(_ -> rude.sendBytes(requests)));
      for (int i = 0; i < 200; i++) {
        exchange(publisher, subscriber, "round " + i);
      }
      assertThat(rude.read().type()).isEqualTo(WirePacket.SUBACK);
      rude.close();
      sending.join();
      exchange(publisher, subscriber, "at the end");
    }
  }
}
