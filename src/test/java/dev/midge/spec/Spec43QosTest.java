package dev.midge.spec;

import static dev.midge.spec.Packets.subscribe;
import static dev.midge.spec.Packets.subscriber;
import static dev.midge.spec.Publishing.FOREVER;
import static dev.midge.spec.Publishing.letPass;
import static dev.midge.spec.Publishing.publish;
import static dev.midge.spec.Publishing.publishAtQos1;
import static dev.midge.spec.Publishing.publishAtQos2;
import static dev.midge.spec.Publishing.resumed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// 4.3 Quality of Service, 4.4 Message delivery retry.
final class Spec43QosTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private static RawClient connected(int version, String id) {
    return RawClient.connected(SERVER.port(), version, id);
  }

  /// A client with a lasting session that has subscribed to the topic of its own name.
  private static RawClient lasting(int version, String id, int qos) {
    RawClient client = resumed(SERVER.port(), version, id);
    client.send(subscribe(version, id, qos)).expectType(WirePacket.SUBACK);
    return client;
  }

  private static RawClient back(int version, String id) {
    return resumed(SERVER.port(), version, id);
  }

  // What the server sends.

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = {"MQTT-4.3.1-1", "MQTT-4.4.0-1"},
      v3 = {"MQTT-4.3.1-1"})
  void atQosZeroAMessageIsSentOnce(int version) {
    String id = "zero-" + version;
    try (RawClient client = lasting(version, id, 0)) {
      publishAtQos2(SERVER.port(), id, "x");
      client.expect(publish(version, 0, id, 0, "x"));
    }
    try (RawClient client = back(version, id)) {
      client.expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = {"MQTT-4.3.2-1", "MQTT-4.3.2-2", "MQTT-4.3.2-3", "MQTT-4.4.0-1", "MQTT-3.3.1-1"},
      v3 = {"MQTT-4.3.2-1", "MQTT-4.4.0-1", "MQTT-3.3.1-1", "MQTT-2.3.1-3"})
  void atQosOneAMessageIsSentAgainUntilItIsAcknowledged(int version) {
    String id = "one-" + version;
    try (RawClient client = lasting(version, id, 1)) {
      publishAtQos1(SERVER.port(), id, "x");
      client.expect(publish(version, 1, id, 1, "x"));
    }
    for (int i = 0; i < 2; i++) {
      try (RawClient client = back(version, id)) {
        client.expect(publish(version, 0x3A, id, 1, "", "x"));
      }
    }
    try (RawClient client = back(version, id)) {
      client.expect(publish(version, 0x3A, id, 1, "", "x")).send("40 02 0001").expectNothing();
    }
    try (RawClient client = back(version, id)) {
      client.expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = {
        "MQTT-4.3.3-1",
        "MQTT-4.3.3-2",
        "MQTT-4.3.3-3",
        "MQTT-4.3.3-4",
        "MQTT-4.3.3-5",
        "MQTT-4.3.3-6",
        "MQTT-4.4.0-1",
        "MQTT-3.3.1-1",
        "MQTT-2.2.1-5"
      },
      v3 = {"MQTT-4.3.3-1", "MQTT-4.4.0-1", "MQTT-2.3.1-3", "MQTT-2.3.1-6"})
  void atQosTwoEachHalfIsSentAgainUntilItIsAcknowledged(int version) {
    String id = "two-" + version;
    try (RawClient client = lasting(version, id, 2)) {
      publishAtQos2(SERVER.port(), id, "x");
      client.expect(publish(version, 2, id, 1, "x"));
    }
    try (RawClient client = back(version, id)) {
      client.expect(publish(version, 0x3C, id, 1, "", "x"));
      client.send("50 02 0001").expect("62 02 0001");
    }
    for (int i = 0; i < 2; i++) {
      try (RawClient client = back(version, id)) {
        client.expect("62 02 0001");
      }
    }
    try (RawClient client = back(version, id)) {
      client.expect("62 02 0001").send("70 02 0001").expectNothing();
    }
    try (RawClient client = back(version, id)) {
      client.expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement("MQTT-4.3.3-4")
  void pubrecIsAnsweredEachTime(int version) {
    try (RawClient client = subscriber(SERVER.port(), version, "repeats", "repeats", 2)) {
      publishAtQos2(SERVER.port(), "repeats", "x");
      client.expect(publish(version, 2, "repeats", 1, "x"));
      client.send("50 02 0001 50 02 0001").expect("62 02 0001").expect("62 02 0001");
      client.send("70 02 0001 70 02 0001").expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = "MQTT-4.4.0-1",
      v3 = {"MQTT-4.4.0-1"})
  void nothingIsSentAgainWhileTheConnectionLasts(int version) {
    try (RawClient client = subscriber(SERVER.port(), version, "patient", "patient", 2)) {
      publishAtQos1(SERVER.port(), "patient", "1");
      publishAtQos2(SERVER.port(), "patient", "2");
      publishAtQos2(SERVER.port(), "patient", "3");
      client.expect(publish(version, 1, "patient", 1, "1"));
      client.expect(publish(version, 2, "patient", 2, "2"));
      client.expect(publish(version, 2, "patient", 3, "3"));
      client.send("50 02 0003").expect("62 02 0003");
      letPass(1, SERVER.port());
      client.send(subscribe(version, "patient", 1)).expectType(WirePacket.SUBACK);
      client.expectNothing();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 40 03 0001 97", "2, 50 03 0001 97", "1, 40 03 0001 10"})
  @Statement({"MQTT-4.4.0-2", "MQTT-4.3.3-4"})
  void aMessageThatWasRefusedIsNotSentAgain(int qos, String answer) {
    String id = "refused-" + qos;
    try (RawClient client = lasting(5, id, qos)) {
      publishAtQos2(SERVER.port(), id, "x");
      client.expectType(WirePacket.PUBLISH);
      client.send(answer).expectNothing();
    }
    try (RawClient client = back(5, id)) {
      client.expectNothing();
    }
    connected(5, id).close();
  }

  /// The identifiers of two messages are in use; the third and fourth get others.
  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = {"MQTT-2.2.1-4", "MQTT-4.3.2-1", "MQTT-4.3.3-1"},
      v3 = {"MQTT-2.3.1-4", "MQTT-2.3.1-2"})
  void packetIdentifiersInUseAreNotGivenAgain(int version) {
    String topic = "in-use";
    try (RawClient client = subscriber(SERVER.port(), version, topic, topic, 2);
        RawClient publisher = connected(4, "p")) {
      publisher.send(publish(4, 2, topic, 1, "kept") + publish(4, 1, topic, 2, "kept"));
      assertThat(client.expectType(WirePacket.PUBLISH).packetId()).isEqualTo(1);
      assertThat(client.expectType(WirePacket.PUBLISH).packetId()).isEqualTo(2);
      client.send("50 02 0001").expect("62 02 0001");
      String flood = publish(4, 1, topic, 3, "flood");
      for (int i = 0; i < 66_000; i += 1_000) {
        publisher.send(flood.repeat(1_000));
        StringBuilder acknowledgements = new StringBuilder();
        for (int j = 0; j < 1_000; j++) {
          int packetId = client.expectType(WirePacket.PUBLISH).packetId();
          assertThat(packetId).isGreaterThan(2);
          acknowledgements.append("40 02 %04x ".formatted(packetId));
        }
        client.send(acknowledgements.toString());
        publisher.readAll(i == 0 ? 1_002 : 1_000);
      }
    }
  }

  @Test
  @Statement({"MQTT-4.3.3-7", "MQTT-4.3.3-13"})
  void expiryDoesNotInterruptAnExchange() {
    try (RawClient client = lasting(5, "expires", 2);
        RawClient publisher = connected(5, "p")) {
      publisher.send(publish(5, 0x34, "expires", 1, "02 00000001", "x")).expect("50 02 0001");
      WirePacket message = client.expectType(WirePacket.PUBLISH);
      letPass(1, SERVER.port());
      client.send("50 02 %04x".formatted(message.packetId())).expect("62 02 0001");
      client.send("70 02 0001").expectNothing();
      publisher.send("62 02 0001").expect("70 02 0001");
    }
  }

  @Test
  @Statement("MQTT-4.3.3-13")
  void aMessageThatExpiredUnsentIsReleasedAllTheSame() {
    lasting(5, "absent", 2).leave();
    try (RawClient publisher = connected(5, "p")) {
      publisher.send(publish(5, 0x34, "absent", 1, "02 00000001", "x")).expect("50 02 0001");
      letPass(1, SERVER.port());
      try (RawClient client = back(5, "absent")) {
        client.expectNothing();
      }
      publisher.send("62 02 0001").expect("70 02 0001");
    }
  }

  // What the server receives.

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = {"MQTT-4.3.2-4", "MQTT-4.3.2-5", "MQTT-2.2.1-5"},
      v3 = {"MQTT-4.3.2-2", "MQTT-2.3.1-6"})
  void atQosOneEveryMessageIsANewOne(int version) {
    try (RawClient subscriber = subscriber(SERVER.port(), version, "s", "new", 0);
        RawClient publisher = connected(version, "p")) {
      publisher.send(publish(version, 1, "new", 5, "a")).expect("40 02 0005");
      publisher.send(publish(version, 0x3A, "new", 5, "", "b")).expect("40 02 0005");
      publisher.send(publish(version, 0x3A, "new", 5, "", "b")).expect("40 02 0005");
      for (String payload : new String[] {"a", "b", "b"}) {
        subscriber.expect(publish(version, 0, "new", 0, payload));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = {"MQTT-4.3.3-8", "MQTT-4.3.3-10", "MQTT-4.3.3-11", "MQTT-4.3.3-12"},
      v3 = {"MQTT-4.3.3-2"})
  void atQosTwoAMessageIsANewOneOnlyAfterItsRelease(int version) {
    try (RawClient subscriber = subscriber(SERVER.port(), version, "s", "once", 0);
        RawClient publisher = connected(version, "p")) {
      publisher.send(publish(version, 2, "once", 5, "a")).expect("50 02 0005");
      publisher.send(publish(version, 0x3C, "once", 5, "", "a")).expect("50 02 0005");
      publisher.send(publish(version, 2, "once", 5, "a")).expect("50 02 0005");
      publisher.send(publish(version, 2, "once", 6, "b")).expect("50 02 0006");
      publisher.send("62 02 0005").expect("70 02 0005");
      publisher.send(publish(version, 2, "once", 5, "c")).expect("50 02 0005");
      publisher.send("62 02 0006").expect("70 02 0006");
      for (String payload : new String[] {"a", "b", "c"}) {
        subscriber.expect(publish(version, 0, "once", 0, payload));
      }
      subscriber.expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = {"MQTT-4.3.3-10", "MQTT-4.3.3-11"},
      v3 = {"MQTT-4.3.3-2"})
  void atQosTwoAMessageIsKnownAgainOnTheNextConnection(int version) {
    String id = "known-" + version;
    try (RawClient subscriber = subscriber(SERVER.port(), version, "s", id, 0)) {
      try (RawClient publisher = back(version, id)) {
        publisher.send(publish(version, 2, id, 5, "a")).expect("50 02 0005");
      }
      try (RawClient publisher = back(version, id)) {
        publisher.send(publish(version, 0x3C, id, 5, "", "a")).expect("50 02 0005");
      }
      try (RawClient publisher = back(version, id)) {
        publisher.send("62 02 0005").expect("70 02 0005");
        publisher.send(publish(version, 2, id, 5, "b")).expect("50 02 0005");
      }
      try (RawClient publisher = connected(version, id)) { // Clean start forgets it.
        publisher.send(publish(version, 2, id, 5, "c")).expect("50 02 0005");
      }
      for (String payload : new String[] {"a", "b", "c"}) {
        subscriber.expect(publish(version, 0, id, 0, payload));
      }
      subscriber.expectNothing();
    }
  }

  @Test
  @Statement("MQTT-4.3.3-9")
  void afterARefusalTheIdentifierIsFree() {
    try (RawClient subscriber = subscriber(SERVER.port(), 5, "s", "free", 0);
        RawClient publisher = connected(5, "p")) {
      publisher.send(publish(5, 2, "$free", 5, "x")).expect("50 ( 0005 87 ( ) )");
      publisher.send(publish(5, 2, "free", 5, "a")).expect("50 02 0005");
      subscriber.expect(publish(5, 0, "free", 0, "a"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void allPacketIdentifiersMayBeUnderWayAtOnce(int version) {
    // MQTT 5.0 clients keep to the window of the listener; before that there is none.
    int count = version == 5 ? 1024 : 65_535;
    try (RawClient publisher = connected(version, "wide")) {
      StringBuilder publishes = new StringBuilder();
      StringBuilder releases = new StringBuilder();
      for (int i = 1; i <= count; i++) {
        publishes.append(publish(version, 2, "w", i, "")).append(' ');
        releases.append("62 02 %04x ".formatted(i));
      }
      publisher.send(publishes.toString()).readAll(count);
      publisher
          .send(publish(version, 0x3C, "w", count, "", ""))
          .expect("50 02 %04x".formatted(count));
      publisher.send(releases.toString());
      for (int i = 1; i <= count; i++) {
        assertThat(publisher.expectType(WirePacket.PUBCOMP).reason()).isZero();
      }
    }
  }

  /// The two directions of a connection have identifiers of their own.
  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void bothSidesMayUseOneIdentifierAtATime(int version) {
    try (RawClient client = subscriber(SERVER.port(), version, "both", "both", 2)) {
      client.send(publish(version, 2, "both", 1, "x"));
      client.expect(publish(version, 2, "both", 1, "x")).expect("50 02 0001");
      client.send("50 02 0001").expect("62 02 0001");
      client.send("62 02 0001").expect("70 02 0001");
      client.send("70 02 0001").expectNothing();
    }
  }

  // Coming back.

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = {"MQTT-4.4.0-1", "MQTT-4.6.0-5"},
      v3 = {"MQTT-4.4.0-1", "MQTT-4.6.0-1"})
  void whatIsUnacknowledgedComesAgainInItsOrderAndFirst(int version) {
    String id = "order-" + version;
    try (RawClient client = lasting(version, id, 2)) {
      for (int i = 1; i <= 20; i++) {
        if (i % 2 == 0) {
          publishAtQos2(SERVER.port(), id, "m" + i);
        } else {
          publishAtQos1(SERVER.port(), id, "m" + i);
        }
        client.expect(publish(version, 2 - i % 2, id, i, "m" + i));
      }
      client.send("40 02 0003 50 02 0004 50 02 0002").expect("62 02 0004").expect("62 02 0002");
      client.send("70 02 0004").leave();
    }
    publishAtQos1(SERVER.port(), id, "later");
    try (RawClient client = back(version, id)) {
      client.expect("62 02 0002");
      for (int i = 1; i <= 20; i++) {
        if (i < 2 || i > 4) {
          client.expect(publish(version, 0x38 | (2 - i % 2) << 1, id, i, "", "m" + i));
        }
      }
      client.expect(publish(version, 1, id, 21, "later")).expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement("MQTT-4.4.0-1")
  void aNewSessionHasNothingToSendAgain(int version) {
    String id = "fresh-" + version;
    try (RawClient client = lasting(version, id, 2)) {
      publishAtQos2(SERVER.port(), id, "x");
      client.expectType(WirePacket.PUBLISH);
    }
    try (RawClient client = connected(version, id)) {
      client.expectNothing();
    }
  }

  /// What an earlier connection was sent, a later one may acknowledge before it comes again.
  @Test
  void anAcknowledgementMayComeBeforeTheMessageComesAgain() {
    try (RawClient client = lasting(5, "early", 1)) {
      publishAtQos1(SERVER.port(), "early", "1");
      publishAtQos1(SERVER.port(), "early", "2");
      client.expectType(WirePacket.PUBLISH);
      client.expectType(WirePacket.PUBLISH);
    }
    try (RawClient client = resumed(SERVER.port(), 5, "21 0001", "early")) {
      client.expect(publish(5, 0x3A, "early", 1, "", "1"));
      client.send("40 02 0002").expectNothing();
      client.send("40 02 0001").expectNothing();
      publishAtQos1(SERVER.port(), "early", "3");
      client.expect(publish(5, 1, "early", 3, "3"));
    }
  }

  /// A client that guesses the identifier of a message which waits behind SUBACK, and which is too
  /// long for it besides.
  @ParameterizedTest
  @CsvSource({"1, 40 02 0001", "2, 50 02 0001 70 02 0001"})
  void aMessageThatIsAcknowledgedBeforeItIsSentIsDoneWithOnce(int qos, String acknowledgement) {
    String id = "hasty-" + qos;
    try (RawClient client = resumed(SERVER.port(), 5, "21 0001 27 00000064", id)) {
      client.send(
          Packets.subscribe(5, id, qos)
              + publish(5, qos, id, 7, "x".repeat(200))
              + acknowledgement);
      client.expectType(WirePacket.SUBACK);
      client.readAll(qos); // Its own message is taken, and for QoS 2 its PUBREC answered.
      publishAtQos1(SERVER.port(), id, "1");
      client.expect(publish(5, 1, id, 2, "1")).send("40 02 0002");
      publishAtQos1(SERVER.port(), id, "2");
      client.expect(publish(5, 1, id, 3, "2"));
    }
  }

  @Test
  void theSessionKnowsWhichVersionItIsSpokenToIn() {
    try (RawClient client = lasting(5, "changes", 2);
        RawClient publisher = connected(5, "p")) {
      publisher.send(publish(5, 0x34, "changes", 1, "26 \"a\" \"b\"", "x")).expect("50 02 0001");
      client.expect(publish(5, 0x34, "changes", 1, "26 \"a\" \"b\"", "x"));
    }
    try (RawClient client = back(4, "changes")) {
      client.expect(publish(4, 0x3C, "changes", 1, "", "x"));
    }
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(5, 0x00, FOREVER, "changes")).expectType(WirePacket.CONNACK);
      client.expect(publish(5, 0x3C, "changes", 1, "26 \"a\" \"b\"", "x"));
    }
  }
}
