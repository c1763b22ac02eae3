package dev.midge.store;

import static dev.midge.kit.AtLeastOnce.take;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.AtLeastOnce;
import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What clients find again when a server was stopped and started on its data. (4.1)
final class RestartTest {
  private static final String FOREVER = "11 ffffffff";

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener("memory", "durability: none")
          .listener("written", "durability: os");

  private static RawClient open(int version, String id, String properties) {
    RawClient client = RawClient.open(SERVER.port()).speak(version);
    return client.send(RawClient.connect(version, 0x00, properties, id));
  }

  /// A client with a session that lasts.
  private static RawClient resumed(int version, String id, boolean present) {
    RawClient client = open(version, id, FOREVER);
    WirePacket connack = client.expectType(WirePacket.CONNACK);
    assertThat(connack.sessionPresent()).as("session present").isEqualTo(present);
    return client;
  }

  /// A session that lasts, with one subscription, whose client has left.
  private static void subscribed(int version, String id, String filter, int options) {
    try (RawClient client = resumed(version, id, false)) {
      subscribe(client, filter, options);
      client.leave();
    }
  }

  private static void subscribe(RawClient client, String filter, int options) {
    String none = client.version() == 5 ? "( )" : "";
    client.send("82 ( 0001 %s \"%s\" %02x )".formatted(none, filter, options));
    assertThat(client.expectType(WirePacket.SUBACK).reasons().getFirst()).isLessThan(3);
  }

  private static void publish(int flags, String topic, String... payloads) {
    AtLeastOnce.publish(SERVER.port(), flags, topic, List.of(payloads));
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  @Statement({"MQTT-4.1.0-1", "MQTT-4.5.0-1", "MQTT-4.6.0-6"})
  void sessionSubscriptionAndQueueAreThereInTheirOrder(int version) {
    String id = "queued-" + version;
    subscribed(version, id, id + "/#", 1);
    publish(0, id + "/a", "one", "two", "three");

    SERVER.restart();

    publish(0, id + "/b", "four");
    try (RawClient client = resumed(version, id, true)) {
      assertThat(take(client, 4)).containsExactly("one", "two", "three", "four");
      publish(0, id + "/c", "five");
      assertThat(take(client, 1)).containsExactly("five");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement({"MQTT-3.1.2-8", "MQTT-3.1.2-10"})
  void whoseSessionEndsWithTheServerLeavesItsWill(int version) {
    String topic = "last/" + version;
    subscribed(5, "away" + version, topic, 1);
    List<RawClient> dying = new ArrayList<>();
    try (RawClient witness = RawClient.connected(SERVER.port(), 5, "witness")) {
      subscribe(witness, topic, 0);
      for (int i = 0; i < 4; i++) { // On whatever loop.
        String connect = RawClient.connect(version, 0x2E, "", "dying-" + i);
        RawClient client = RawClient.open(SERVER.port()).speak(version);
        client.send(
            connect.substring(0, connect.length() - 1)
                + (version == 5 ? "( 18 00000e10 ) " : "")
                + "\"%s\" [ '%s' ] )".formatted(topic, "will " + i));
        client.expectType(WirePacket.CONNACK);
        dying.add(client);
      }

      SERVER.restart();

      List<String> wills = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        wills.add(witness.expectType(WirePacket.PUBLISH).text());
      }
      assertThat(wills).containsExactlyInAnyOrder("will 0", "will 1", "will 2", "will 3");
      WirePacket end = witness.expectType(WirePacket.DISCONNECT);
      assertThat(end.reason()).isEqualTo(0x8B);
      assertThat(end.property(0x1F).text()).contains("wait a random time");
      witness.expectClosed();
    } finally {
      dying.forEach(RawClient::close);
    }
    try (RawClient away = resumed(5, "away" + version, true)) {
      assertThat(take(away, 4)).containsExactlyInAnyOrder("will 0", "will 1", "will 2", "will 3");
      away.expectNothing();
      subscribe(away, topic, 1);
      assertThat(take(away, 1)).first().asString().startsWith("will ");
      away.expectNothing();
    }
  }

  /// A client may lower what its listener has, and not raise it.
  @ParameterizedTest
  @CsvSource({
    "plain, disk, true",
    "plain, os, true",
    "plain, none, false",
    "plain, NONE, false",
    "plain, everything, true",
    "written, disk, true",
    "written, none, false",
    "memory, disk, false",
    "memory, os, false",
  })
  void aSessionIsKeptAsItsListenerAndItsClientSay(String listener, String level, boolean isKept) {
    String id = listener + "-" + level;
    String connect =
        RawClient.connect(5, 0x00, FOREVER + " 26 \"midge-durability\" \"" + level + "\"", id);
    try (RawClient client = RawClient.open(SERVER.port(listener)).speak(5)) {
      client.send(connect).expectType(WirePacket.CONNACK);
      subscribe(client, id, 1);
      client.leave();
    }
    publish(0, id, "one");

    SERVER.restart();

    try (RawClient client = RawClient.open(SERVER.port(listener)).speak(5)) {
      WirePacket connack = client.send(connect).expectType(WirePacket.CONNACK);
      assertThat(connack.sessionPresent()).isEqualTo(isKept);
      assertThat(take(client, isKept ? 1 : 0)).isEqualTo(isKept ? List.of("one") : List.of());
      client.expectNothing();
    }
  }

  @Test
  void aQueueOfManyPagesKeepsItsOrder() {
    String[] texts = IntStream.range(0, 500).mapToObj(Integer::toString).toArray(String[]::new);
    subscribed(5, "many", "many", 1);
    publish(0, "many", texts);

    SERVER.restart();
    List<String> taken = new ArrayList<>();
    try (RawClient client = open(5, "many", FOREVER + " 21 0001")) {
      client.expectType(WirePacket.CONNACK);
      taken.addAll(take(client, 99));
      taken.add(client.expectType(WirePacket.PUBLISH).text());
    }
    SERVER.restart();

    try (RawClient client = resumed(5, "many", true)) {
      assertThat(take(client, 1)).containsExactly(taken.getLast());
      taken.addAll(take(client, 400));
    }
    assertThat(taken).containsExactly(texts);
  }

  @Test
  @Statement({"MQTT-4.4.0-1", "MQTT-3.3.1-1", "MQTT-4.6.0-1"})
  void whatWasSentAndNotAcknowledgedIsSentAgainUnderItsIdentifier() {
    String properties = FOREVER + " 21 0002";
    subscribed(5, "sent", "sent", 1);
    publish(0, "sent", "one", "two", "three");
    List<Integer> packetIds = new ArrayList<>();
    try (RawClient client = open(5, "sent", properties)) {
      client.expectType(WirePacket.CONNACK);
      for (int i = 0; i < 2; i++) {
        packetIds.add(client.expectType(WirePacket.PUBLISH).packetId());
      }
      client.expectNothing();
    }

    SERVER.restart();

    try (RawClient client = open(5, "sent", properties)) {
      client.expectType(WirePacket.CONNACK);
      for (int i = 0; i < 2; i++) {
        WirePacket again = client.expectType(WirePacket.PUBLISH);
        assertThat(again.dup()).isTrue();
        assertThat(again.packetId()).isEqualTo(packetIds.get(i));
        assertThat(again.text()).isEqualTo(i == 0 ? "one" : "two");
      }
      client.send("40 02 %04x".formatted(packetIds.getFirst()));
      WirePacket third = client.expectType(WirePacket.PUBLISH);
      assertThat(third.text()).isEqualTo("three");
      assertThat(third.dup()).isFalse();
    }
  }

  @Test
  @Statement({"MQTT-4.4.0-1", "MQTT-4.3.3-4", "MQTT-4.3.3-7"})
  void exactlyOnceGoesOnWhereItWas() {
    subscribed(4, "exact", "exact", 2);
    publish(0, "exact", "downgraded");
    try (RawClient publisher = RawClient.connected(SERVER.port(), 4, "exact-publisher")) {
      for (String payload : List.of("released", "sent")) {
        publisher.send("34 ( \"exact\" 0001 '%s' )".formatted(payload)).expect("50 02 0001");
        publisher.send("62 02 0001").expect("70 02 0001");
      }
    }
    int released;
    int sent;
    try (RawClient client = resumed(4, "exact", true)) {
      take(client, 1);
      released = client.expectType(WirePacket.PUBLISH).packetId();
      sent = client.expectType(WirePacket.PUBLISH).packetId();
      client.send("50 02 %04x".formatted(released)).expect("62 02 %04x".formatted(released));
    }

    SERVER.restart();

    try (RawClient client = resumed(4, "exact", true)) {
      client.expect("62 02 %04x".formatted(released));
      WirePacket again = client.expectType(WirePacket.PUBLISH);
      assertThat(again.dup()).isTrue();
      assertThat(again.packetId()).isEqualTo(sent);
      client.send("70 02 %04x".formatted(released));
      client.send("50 02 %04x".formatted(sent)).expect("62 02 %04x".formatted(sent));
      client.send("70 02 %04x".formatted(sent)).expectNothing();
    }
    SERVER.restart();
    try (RawClient client = resumed(4, "exact", true)) {
      client.expectNothing();
    }
  }

  @Test
  @Statement({"MQTT-4.3.3-10", "MQTT-4.3.3-11"})
  void aMessageOfQos2ThatComesAgainIsNotDeliveredAgain() {
    subscribed(4, "once", "once", 1);
    try (RawClient publisher = resumed(4, "once-publisher", false)) {
      publisher.send("34 ( \"once\" 0007 'first' )").expect("50 02 0007");
    }

    SERVER.restart();

    try (RawClient publisher = resumed(4, "once-publisher", true)) {
      publisher.send("3c ( \"once\" 0007 'first' )").expect("50 02 0007");
      publisher.send("62 02 0007").expect("70 02 0007");
      publisher.send("34 ( \"once\" 0007 'second' )").expect("50 02 0007");
    }
    try (RawClient client = resumed(4, "once", true)) {
      assertThat(take(client, 2)).containsExactly("first", "second");
      client.expectNothing();
    }
  }

  @Test
  @Statement({"MQTT-3.3.1-5", "MQTT-3.3.1-6"})
  void retainedMessagesAreThereAsTheyWereLast() {
    publish(1, "kept/replaced", "old", "new");
    publish(1, "kept/cleared", "old", "");
    publish(1, "kept/not-any-more", "old");
    try (RawClient careless = open(5, "careless", "26 \"midge-durability\" \"none\"")) {
      careless.expectType(WirePacket.CONNACK);
      careless
          .send("33 ( \"kept/not-any-more\" 0001 ( ) 'newer, in memory only' )")
          .expectType(WirePacket.PUBACK);
    }

    SERVER.restart();

    try (RawClient client = RawClient.connected(SERVER.port(), 5, "kept")) {
      subscribe(client, "kept/#", 1);
      WirePacket message = client.expectType(WirePacket.PUBLISH);
      assertThat(message.text()).isEqualTo("new");
      assertThat(message.retain()).isTrue();
      client.expectNothing();
    }
  }

  @Test
  @Statement({"MQTT-3.8.3-3", "MQTT-3.3.1-13", "MQTT-3.3.4-3"})
  void aSubscriptionKeepsItsOptions() {
    try (RawClient client = resumed(5, "options", false)) {
      client.send("82 ( 0001 ( 0b 07 ) \"options\" 0d )").expectType(WirePacket.SUBACK);
    }

    SERVER.restart();

    try (RawClient client = resumed(5, "options", true)) {
      client.send("32 ( \"options\" 0009 ( ) 'own' )").expectType(WirePacket.PUBACK);
      publish(1, "options", "of another");
      WirePacket message = client.expectType(WirePacket.PUBLISH);
      assertThat(message.text()).isEqualTo("of another");
      assertThat(message.retain()).isTrue();
      assertThat(message.numbers(0x0b)).containsExactly(7L);
    }
  }

  @Test
  @Statement("MQTT-3.10.4-2")
  void whatEndedBeforeDoesNotComeBack() {
    subscribed(5, "ended", "ended", 1);
    publish(0, "ended", "for nobody");
    RawClient.connected(SERVER.port(), 5, "ended").leave();
    try (RawClient client = resumed(5, "unsubscribed", false)) {
      subscribe(client, "unsubscribed", 1);
      client.send("a2 ( 0002 ( ) \"unsubscribed\" )").expectType(WirePacket.UNSUBACK);
    }

    SERVER.restart();

    publish(0, "unsubscribed", "for nobody");
    try (RawClient ended = resumed(5, "ended", false);
        RawClient unsubscribed = resumed(5, "unsubscribed", true)) {
      ended.expectNothing();
      unsubscribed.expectNothing();
    }
  }

  @Test
  @Statement({"MQTT-4.8.2-4", "MQTT-4.8.2-5"})
  void aGroupGoesOnSharing() {
    subscribed(5, "shared", "$share/group/shared", 1);
    publish(0, "shared", "before");

    SERVER.restart();

    publish(0, "shared", "after");
    try (RawClient other = resumed(5, "shared-too", false)) {
      subscribe(other, "$share/group/shared", 1);
      publish(0, "shared", "for who is there");
      assertThat(take(other, 1)).containsExactly("for who is there");
    }
    try (RawClient client = resumed(5, "shared", true)) {
      assertThat(take(client, 2)).containsExactly("before", "after");
    }
  }

  @Test
  @Statement("MQTT-3.1.2-8")
  void theWillOfAClientThatWasThereComesAfterTheStart() {
    subscribed(5, "will-watcher", "will", 1);
    RawClient client = RawClient.open(SERVER.port());
    client.send(
        "10 ( \"MQTT\" 05 0c 003c ( %s ) \"with-will\" ( 18 00000000 ) \"will\" [ 'gone' ] )"
            .formatted(FOREVER));
    client.expectType(WirePacket.CONNACK);

    SERVER.restart();

    try (RawClient watcher = resumed(5, "will-watcher", true)) {
      assertThat(take(watcher, 1)).containsExactly("gone");
    }
    client.close();
  }

  @Test
  @Statement({"MQTT-3.1.2-8", "MQTT-3.1.2-23", "MQTT-3.3.2-5", "MQTT-3.3.2-6"})
  void whatIsDueWhileTheServerIsDownIsDoneAtTheStart() {
    subscribed(5, "due", "due", 1);
    try (RawClient publisher = RawClient.connected(SERVER.port(), 5, "due-publisher")) {
      publisher.send("32 ( \"due\" 0001 ( 02 00000001 ) 'expired' )").expectType(WirePacket.PUBACK);
      publisher.send("32 ( \"due\" 0002 ( 02 00000064 ) 'alive' )").expectType(WirePacket.PUBACK);
      publisher
          .send("33 ( \"due/kept\" 0003 ( 02 00000001 ) 'expired' )")
          .expectType(WirePacket.PUBACK);
    }
    open(5, "brief", "11 00000001").expectType(WirePacket.CONNACK);
    RawClient willed = RawClient.open(SERVER.port());
    willed.send(
        "10 ( \"MQTT\" 05 0c 003c ( %s ) \"due-will\" ( 18 00000001 ) \"due\" [ 'will' ] )"
            .formatted(FOREVER));
    willed.expectType(WirePacket.CONNACK);

    SERVER.restartAfter(Duration.ofMillis(2_100));

    try (RawClient client = resumed(5, "due", true)) {
      WirePacket alive = client.expectType(WirePacket.PUBLISH);
      assertThat(alive.text()).isEqualTo("alive");
      assertThat(alive.property(0x02).number()).isLessThan(99);
      assertThat(client.expectType(WirePacket.PUBLISH).text()).isEqualTo("will");
      subscribe(client, "due/kept", 1);
      client.expectNothing();
    }
    resumed(5, "brief", false).close();
    willed.close();
  }

  /// A client that answers a message before it gets it takes nothing of what others are to get.
  @Test
  @Statement({"MQTT-4.3.3-4", "MQTT-4.1.0-1"})
  void whoAnswersTooEarlyLeavesToOthersWhatWaitsForThem() {
    for (int i = 0; i < 8; i++) { // On whatever loop.
      subscribed(5, "patient-" + i, "hasty", 1);
    }
    try (RawClient hasty = open(5, "hasty", FOREVER + " 27 00000080")) {
      hasty.expectType(WirePacket.CONNACK);
      subscribe(hasty, "hasty", 2);
      String payload = "too long".repeat(30);
      for (int i = 1; i <= 4; i++) {
        hasty.send(
            "34 ( \"hasty\" %04x ( ) [ '%s' ] ) 50 ( %04x 80 )".formatted(i, i + payload, i));
        hasty.expectType(WirePacket.PUBREC);
      }
      hasty.leave();
    }
    for (int i = 0; i < 8; i++) {
      try (RawClient patient = resumed(5, "patient-" + i, true)) {
        assertThat(take(patient, 4)).as("patient-" + i).hasSize(4);
        patient.leave();
      }
    }
  }
}
