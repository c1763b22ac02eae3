package dev.midge.spec;

import static dev.midge.spec.Packets.subscribe;
import static dev.midge.spec.Packets.subscriber;
import static dev.midge.spec.Publishing.publish;
import static dev.midge.spec.Publishing.publishAtQos1;
import static dev.midge.spec.Publishing.publishAtQos2;
import static dev.midge.spec.Publishing.resumed;
import static dev.midge.spec.Publishing.subscriber;

import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// 4.9 Flow Control, 3.1.2.11.3 and 3.2.2.3.3 Receive Maximum.
final class Spec49FlowControlTest {
  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener("narrow", "mqtt: { receive_max: 2 }")
          .listener("careful", "limits: { inflight_max: 2 }");

  /// A client with a Receive Maximum that has subscribed to the topic of its own name.
  private static RawClient window(int receiveMax, String id, int qos) {
    return subscriber(SERVER.port(), "21 %04x".formatted(receiveMax), id, id, qos);
  }

  private static void publishMany(String topic, int from, int to) {
    for (int i = from; i <= to; i++) {
      publishAtQos2(SERVER.port(), topic, "m" + i);
    }
  }

  // What the server sends.

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 2", "3, 1", "3, 2"})
  @Statement({"MQTT-4.9.0-1", "MQTT-4.9.0-2", "MQTT-3.3.4-9"})
  void noMoreThanTheWindowIsUnacknowledged(int receiveMax, int qos) {
    String id = "window-%d-%d".formatted(receiveMax, qos);
    try (RawClient client = window(receiveMax, id, qos)) {
      publishMany(id, 1, receiveMax + 2);
      for (int i = 1; i <= receiveMax; i++) {
        client.expect(publish(5, qos, id, i, "m" + i));
      }
      client.expectNothing();
      if (qos == 2) {
        client.send("50 02 0001").expect("62 02 0001").expectNothing();
      }
      client.send((qos == 1 ? "40" : "70") + " 02 0001");
      client.expect(publish(5, qos, id, receiveMax + 1, "m" + (receiveMax + 1)));
      client.expectNothing();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 40 03 %04x 97", "1, 40 03 %04x 10", "2, 50 03 %04x 80"})
  @Statement({"MQTT-4.9.0-2", "MQTT-4.4.0-2"})
  void aRefusalGivesItsPlaceBack(int qos, String refusal) {
    try (RawClient client = window(1, "refuses", qos)) {
      publishMany("refuses", 1, 3);
      for (int i = 1; i <= 3; i++) {
        client.expect(publish(5, qos, "refuses", i, "m" + i)).expectNothing();
        client.send(refusal.formatted(i));
      }
      client.expectNothing();
    }
  }

  @Test
  @Statement("MQTT-4.9.0-2")
  void whatAcknowledgesNothingGivesNothingBack() {
    try (RawClient client = window(1, "tricks", 1)) {
      publishMany("tricks", 1, 2);
      client.expect(publish(5, 1, "tricks", 1, "m1"));
      client.send("40 02 0009 70 02 0009 50 03 0009 80").expectNothing();
      client.send("40 02 0001 40 02 0001").expect(publish(5, 1, "tricks", 2, "m2"));
      publishMany("tricks", 3, 4);
      client.expectNothing();
      client.send("40 02 0002").expect(publish(5, 1, "tricks", 3, "m3")).expectNothing();
    }
  }

  @Test
  @Statement({"MQTT-4.9.0-3", "MQTT-3.3.4-10"})
  void everythingElseFlowsWhenTheWindowIsFull() {
    try (RawClient client = window(1, "full", 2)) {
      publishMany("full", 1, 2);
      client.expect(publish(5, 2, "full", 1, "m1"));
      client.send("c0 00").expect("d0 00");
      client.send(subscribe(5, "zero", 0)).expect("90 ( 0001 ( ) 00 )");
      client.send(publish(5, 1, "zero", 1, "x"));
      client.expect(publish(5, 0, "zero", 0, "x")).expect("40 02 0001");
      client.send(publish(5, 2, "zero", 2, "y"));
      client.expect(publish(5, 0, "zero", 0, "y")).expect("50 02 0002");
      client.send("62 02 0002").expect("70 02 0002");
      client.send("a2 ( 0003 ( ) \"zero\" )").expect("b0 ( 0003 ( ) 00 )");
      client.send("50 02 0001").expect("62 02 0001").expectNothing();
    }
  }

  @Test
  @Statement({"MQTT-4.9.0-1", "MQTT-3.3.4-9"})
  void aWindowThatWasNotNamedIsAsWideAsCanBe() {
    int count = 65_535;
    try (RawClient client = subscriber(SERVER.port(), 5, "wide", "wide", 1);
        RawClient publisher = RawClient.connected(SERVER.port(), 4, "p")) {
      String message = publish(4, 1, "wide", 1, "");
      for (int i = 0; i < count; i += 257) {
        publisher.send(message.repeat(257));
        client.readAll(257);
        publisher.readAll(257);
      }
      publisher.send(message).expect("40 02 0001");
      client.expectNothing();
      client.send("40 02 8000").expect(publish(5, 1, "wide", 0x8000, ""));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void aListenerMayKeepToASmallerWindow(int version) {
    try (RawClient client = subscriber(SERVER.port("careful"), version, "careful", "careful", 1)) {
      publishMany("careful", 1, 3);
      client.expect(publish(version, 1, "careful", 1, "m1"));
      client.expect(publish(version, 1, "careful", 2, "m2"));
      client.expectNothing();
      client.send("40 02 0001").expect(publish(version, 1, "careful", 3, "m3"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  void beforeFiveAClientGetsAllAtOnce(int version) {
    try (RawClient client = subscriber(SERVER.port(), version, "all", "all", 2)) {
      publishMany("all", 1, 50);
      for (int i = 1; i <= 50; i++) {
        client.expect(publish(version, 2, "all", i, "m" + i));
      }
    }
  }

  // Coming back.

  /// The window is of the connection, not of the session.
  @Test
  @Statement({"MQTT-4.9.0-1", "MQTT-4.9.0-2", "MQTT-3.3.4-9"})
  void whatIsSentAgainKeepsToTheWindowOfTheNewConnection() {
    try (RawClient client = resumed(SERVER.port(), 5, "narrows")) {
      client.send(subscribe(5, "narrows", 1)).expectType(WirePacket.SUBACK);
      publishMany("narrows", 1, 3);
      client.readAll(3).leave();
    }
    publishMany("narrows", 4, 4);
    try (RawClient client = resumed(SERVER.port(), 5, "21 0002", "narrows")) {
      client.expect(publish(5, 0x3A, "narrows", 1, "", "m1"));
      client.expect(publish(5, 0x3A, "narrows", 2, "", "m2")).expectNothing();
      client.send("40 02 0001").expect(publish(5, 0x3A, "narrows", 3, "", "m3")).expectNothing();
      client.send("40 02 0002").expect(publish(5, 1, "narrows", 4, "m4")).expectNothing();
    }
  }

  /// A message whose PUBREL is sent again is still unacknowledged.
  @Test
  @Statement({"MQTT-4.9.0-2", "MQTT-3.3.4-9"})
  void whatIsReleasedAgainTakesItsPlaceInTheWindow() {
    try (RawClient client = resumed(SERVER.port(), 5, "releases")) {
      client.send(subscribe(5, "releases", 2)).expectType(WirePacket.SUBACK);
      publishMany("releases", 1, 2);
      client.readAll(2).send("50 02 0001 50 02 0002").expect("62 02 0001").expect("62 02 0002");
      client.leave();
    }
    publishMany("releases", 3, 5);
    try (RawClient client = resumed(SERVER.port(), 5, "21 0001", "releases")) {
      client.expect("62 02 0001").expect("62 02 0002").expectNothing();
      client.send("70 02 0001").expectNothing();
      client.send("70 02 0002").expect(publish(5, 2, "releases", 3, "m3")).expectNothing();
      client.send("50 02 0003").expect("62 02 0003").expectNothing();
      client.send("70 02 0003").expect(publish(5, 2, "releases", 4, "m4")).expectNothing();
    }
  }

  /// PUBREL is not held up by messages that are; the client may release early, too.
  @Test
  @Statement({"MQTT-3.3.4-10", "MQTT-4.9.0-3", "MQTT-3.3.4-9"})
  void releasesDoNotWaitForTheWindow() {
    try (RawClient client = resumed(SERVER.port(), 5, "overtakes")) {
      client.send(subscribe(5, "overtakes", 2)).expectType(WirePacket.SUBACK);
      publishMany("overtakes", 1, 4);
      client.readAll(4).send("50 02 0004").expect("62 02 0004");
    }
    try (RawClient client = resumed(SERVER.port(), 5, "21 0002", "overtakes")) {
      client.expect("62 02 0004").expect(publish(5, 0x3C, "overtakes", 1, "", "m1"));
      client.expectNothing();
      client.send("50 02 0003").expect("62 02 0003").send("70 02 0004").expectNothing();
      client.send("70 02 0003").expect(publish(5, 0x3C, "overtakes", 2, "", "m2"));
      client.send("50 02 0001 70 02 0001").expect("62 02 0001");
      publishMany("overtakes", 5, 6);
      client.expect(publish(5, 2, "overtakes", 5, "m5")).expectNothing();
    }
  }

  /// An acknowledgement of what was not sent on this connection leaves no room for more.
  @Test
  @Statement({"MQTT-4.9.0-2", "MQTT-3.3.4-9"})
  void anAcknowledgementBeforeTheResendGivesNothingBack() {
    try (RawClient client = resumed(SERVER.port(), 5, "early")) {
      client.send(subscribe(5, "early", 1)).expectType(WirePacket.SUBACK);
      publishMany("early", 1, 3);
      client.readAll(3);
    }
    try (RawClient client = resumed(SERVER.port(), 5, "21 0001", "early")) {
      client.expect(publish(5, 0x3A, "early", 1, "", "m1"));
      client.send("40 02 0003 40 02 0002").expectNothing();
      publishAtQos1(SERVER.port(), "early", "m4");
      client.expectNothing();
      client.send("40 02 0001").expect(publish(5, 1, "early", 4, "m4")).expectNothing();
    }
  }

  // What the server receives.

  @Test
  @Statement({"MQTT-3.3.4-7", "MQTT-4.3.3-10"})
  void whoSendsMoreThanTheWindowIsDisconnected() {
    try (RawClient client = RawClient.connected(SERVER.port("narrow"), 5, "pushy")) {
      client.send(publish(5, 2, "t", 1, "x")).expectType(WirePacket.PUBREC);
      client.send(publish(5, 2, "t", 2, "x")).expectType(WirePacket.PUBREC);
      client.send(publish(5, 0x3C, "t", 2, "", "x")).expectType(WirePacket.PUBREC); // The same.
      client.send(publish(5, 1, "t", 3, "x")).expectEnd(0x93);
    }
    try (RawClient client = RawClient.connected(SERVER.port("narrow"), 5, "pushy")) {
      client.send(publish(5, 2, "t", 1, "x")).expectType(WirePacket.PUBREC);
      client.send(publish(5, 2, "t", 2, "x")).expectType(WirePacket.PUBREC);
      client.send(publish(5, 2, "t", 3, "x")).expectEnd(0x93);
    }
  }

  @Test
  @Statement("MQTT-3.3.4-7")
  void theWindowOpensWithPubcompPubackAndRefusals() {
    try (RawClient client = RawClient.connected(SERVER.port("narrow"), 5, "regular")) {
      for (int i = 1; i <= 5; i++) {
        client.send(publish(5, 2, "$t", i, "x")).expect("50 ( %04x 87 ( ) )".formatted(i));
        client.send(publish(5, 1, "t", i, "x")).expect("40 ( %04x 10 ( ) )".formatted(i));
      }
      for (int i = 1; i <= 5; i++) {
        client.send(publish(5, 2, "t", i, "x")).expect("50 ( %04x 10 ( ) )".formatted(i));
        if (i > 1) {
          client.send("62 02 %04x".formatted(i)).expect("70 02 %04x".formatted(i));
        }
      }
      client.send(publish(5, 0, "t", 0, "x")).expectNothing();
    }
  }

  @Test
  @Statement("MQTT-3.3.4-7")
  void theWindowIsOfTheConnectionNotOfTheSession() {
    try (RawClient client = resumed(SERVER.port("narrow"), 5, "returns")) {
      client.send(publish(5, 2, "t", 1, "x")).expectType(WirePacket.PUBREC);
      client.send(publish(5, 2, "t", 2, "x")).expectType(WirePacket.PUBREC);
    }
    try (RawClient client = resumed(SERVER.port("narrow"), 5, "returns")) {
      client.send(publish(5, 2, "t", 3, "x")).expectType(WirePacket.PUBREC);
      client.send("62 02 0001 62 02 0002").expect("70 02 0001").expect("70 02 0002");
      client.send(publish(5, 2, "t", 4, "x")).expectType(WirePacket.PUBREC);
      client.send(publish(5, 2, "t", 5, "x")).expectEnd(0x93);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  void beforeFiveAClientKnowsNoWindow(int version) {
    try (RawClient client = RawClient.connected(SERVER.port("narrow"), version, "older")) {
      for (int i = 1; i <= 50; i++) {
        client.send(publish(version, 2, "t", i, "x")).expect("50 02 %04x".formatted(i));
      }
    }
  }
}
