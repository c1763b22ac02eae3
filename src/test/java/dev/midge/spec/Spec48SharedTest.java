package dev.midge.spec;

import static dev.midge.spec.Packets.acknowledge;
import static dev.midge.spec.Packets.messagesUntil;
import static dev.midge.spec.Packets.publish;
import static dev.midge.spec.Packets.publishSafely;
import static dev.midge.spec.Packets.subscribe;
import static dev.midge.spec.Packets.textsUntil;
import static dev.midge.spec.Packets.unsubscribe;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// 4.8.2 Shared Subscriptions, which clients of MQTT 3.1 and 3.1.1 may use here, too.
final class Spec48SharedTest {
  private static final String LASTING = "11 00000064";

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  /// A client that shares the topic of this name with a group, and hears of "end" for itself.
  private static RawClient member(int version, String id, String topic, int qos) {
    return join(RawClient.connected(SERVER.port(), version, id), topic, qos);
  }

  /// A member whose session lasts.
  private static RawClient lastingMember(int version, String id, String topic, int qos) {
    RawClient client = RawClient.open(SERVER.port());
    resume(client, version, id);
    return join(client, topic, qos);
  }

  private static WirePacket resume(RawClient client, int version, String id) {
    client.speak(version).send(RawClient.connect(version, 0x00, LASTING, id));
    return client.expectType(WirePacket.CONNACK);
  }

  private static RawClient join(RawClient client, String topic, int qos) {
    client.send(subscribe(client.version(), "$share/group/" + topic, qos));
    client.expectType(WirePacket.SUBACK);
    client.send(subscribe(client.version(), "end", 0));
    client.expectType(WirePacket.SUBACK);
    return client;
  }

  private static RawClient publisher(int version) {
    return RawClient.connected(SERVER.port(), version, "publisher");
  }

  private static void publishMany(RawClient publisher, String topic, int count) {
    for (int i = 0; i < count; i++) {
      publishSafely(publisher, 0, topic, "m" + i);
    }
  }

  private static List<String> many(int count) {
    return IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void eachMessageGoesToOneMemberInTurn(int version) {
    try (RawClient a = member(version, "turn-a", "turn", 0);
        RawClient b = member(version, "turn-b", "turn", 1);
        RawClient c = member(version, "turn-c", "turn", 2);
        RawClient publisher = publisher(version)) {
      publishMany(publisher, "turn", 30);
      publishSafely(publisher, 0, "end", "end");
      List<String> all = new ArrayList<>();
      for (RawClient member : List.of(a, b, c)) {
        List<String> share = textsUntil(member, "end");
        assertThat(share).hasSize(10);
        all.addAll(share);
      }
      assertThat(all).containsExactlyInAnyOrderElementsOf(many(30));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void anAbsentMemberIsPassedByWithoutFavourToItsNeighbour(int version) {
    String topic = "absent" + version;
    try (RawClient a = member(version, "absent-a", topic, 1);
        RawClient b = lastingMember(version, "absent-b-" + version, topic, 1);
        RawClient c = member(version, "absent-c", topic, 1);
        RawClient publisher = publisher(version)) {
      b.send("e0 00").expectClosed();
      publishMany(publisher, topic, 30);
      publishSafely(publisher, 0, "end", "end");
      assertThat(textsUntil(a, "end")).hasSize(15);
      assertThat(textsUntil(c, "end")).hasSize(15);
    }
  }

  @Test
  void eachGroupAndEachOrdinarySubscriptionGetsItsOwnCopy() {
    try (RawClient both = member(5, "both", "copies/+", 1);
        RawClient other = RawClient.connected(SERVER.port(), 4, "other");
        RawClient publisher = publisher(5)) {
      both.send(subscribe(5, "copies/#", 0)).expectType(WirePacket.SUBACK);
      both.send("82 ( 0001 ( 0b 07 ) \"$share/else/copies/a\" 00 )").expectType(WirePacket.SUBACK);
      both.send("82 ( 0001 ( 0b 08 ) \"$share/else/copies/+\" 00 )").expectType(WirePacket.SUBACK);
      other.send(subscribe(4, "copies/a", 1)).expectType(WirePacket.SUBACK);
      publishSafely(publisher, 0, "copies/a", "x");
      publishSafely(publisher, 0, "copies/a", "end");
      assertThat(textsUntil(other, "end")).containsExactly("x");
      publishSafely(publisher, 0, "end", "last");
      List<WirePacket> copies = messagesUntil(both, "last");
      assertThat(copies).hasSize(8);
      assertThat(copies.stream().flatMap(copy -> copy.numbers(0x0B).stream()))
          .containsExactlyInAnyOrder(7L, 8L, 7L, 8L);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement("MQTT-4.8.2-3")
  void eachMemberGetsTheQualityThatItWasGranted(int version) {
    try (RawClient a = member(version, "grant-a", "granted", 0);
        RawClient b = member(version, "grant-b", "granted", 1);
        RawClient publisher = publisher(version)) {
      for (int i = 0; i < 2; i++) {
        publisher.send(publish(version, 0x04, "granted", "x")).expectType(WirePacket.PUBREC);
        publisher.send("62 02 0003").expectType(WirePacket.PUBCOMP);
      }
      assertThat(a.expectType(WirePacket.PUBLISH).qos()).isZero();
      assertThat(b.expectType(WirePacket.PUBLISH).qos()).isEqualTo(1);
    }
  }

  @Test
  void aMemberThatHasAllItTakesIsPassedBy() {
    try (RawClient busy = RawClient.open(SERVER.port());
        RawClient free = member(5, "free", "busy", 1);
        RawClient publisher = publisher(5)) {
      busy.send(RawClient.connect(5, 0x02, "21 0002", "busy")).expectType(WirePacket.CONNACK);
      join(busy, "busy", 1);
      publishMany(publisher, "busy", 20);
      publishSafely(publisher, 0, "end", "end");
      assertThat(textsUntil(free, "end")).hasSize(18);
      WirePacket first = busy.expectType(WirePacket.PUBLISH);
      busy.expectType(WirePacket.PUBLISH);
      assertThat(busy.expectType(WirePacket.PUBLISH).text()).isEqualTo("end");
      acknowledge(busy, first);
      busy.expectNothing();
      publishMany(publisher, "busy", 4);
      publishSafely(publisher, 0, "end", "end");
      assertThat(textsUntil(free, "end")).as("room for one again").hasSize(3);
    }
  }

  @Test
  void aMemberThatDoesNotReadIsPassedBy() {
    String payload = "x".repeat(60_000);
    try (RawClient stuck = member(5, "stuck", "stuck", 0);
        RawClient reader = member(5, "reader", "stuck", 0);
        RawClient publisher = publisher(5)) {
      CompletableFuture<List<String>> read =
          CompletableFuture.supplyAsync(() -> textsUntil(reader, "read"));
      for (int i = 0; i < 500; i++) {
        publisher.send(publish(5, 0, "stuck", payload)); // More than sockets hold.
      }
      publishSafely(publisher, 0, "end", "read");
      assertThat(read.join()).isNotEmpty();
      publishMany(publisher, "stuck", 50);
      publishSafely(publisher, 0, "end", "end");
      assertThat(textsUntil(reader, "end")).isEqualTo(many(50));
      assertThat(stuck.read().type()).isEqualTo(WirePacket.PUBLISH);
    }
  }

  @ParameterizedTest
  @CsvSource({"3, false", "4, false", "5, false", "4, true", "5, true"})
  void whatALeavingMemberDidNotAcknowledgeGoesToTheOthersInTurn(int version, boolean lasting) {
    String topic = "left-%d-%s".formatted(version, lasting);
    RawClient a =
        lasting ? lastingMember(version, topic, topic, 1) : member(version, topic, topic, 1);
    try (RawClient b = member(version, "left-b", topic, 1);
        RawClient c = member(version, "left-c", topic, 1);
        RawClient publisher = publisher(version)) {
      publishMany(publisher, topic, 30);
      publishSafely(publisher, 0, "end", "end");
      List<String> all = new ArrayList<>(textsUntil(b, "end"));
      all.addAll(textsUntil(c, "end"));
      assertThat(all).hasSize(20);
      a.close();
      for (int i = 0; i < 5; i++) {
        for (RawClient other : List.of(b, c)) {
          WirePacket message = other.expectType(WirePacket.PUBLISH);
          assertThat(message.dup()).as("new to this client").isFalse();
          acknowledge(other, message);
          all.add(message.text());
        }
      }
      assertThat(all).containsExactlyInAnyOrderElementsOf(many(30));
      if (lasting) {
        try (RawClient again = RawClient.open(SERVER.port())) {
          resume(again, version, topic);
          again.expectNothing();
        }
      }
    }
  }

  @Test
  void whatWaitsForAMemberThatUnsubscribesGoesToTheOthers() {
    try (RawClient slow = RawClient.open(SERVER.port());
        RawClient publisher = publisher(5)) {
      slow.send(RawClient.connect(5, 0x02, "21 0001", "slow")).expectType(WirePacket.CONNACK);
      join(slow, "waits", 1);
      publishMany(publisher, "waits", 5);
      assertThat(slow.expectType(WirePacket.PUBLISH).text()).isEqualTo("m0");
      try (RawClient other = member(5, "waits-other", "waits", 1)) {
        slow.send(unsubscribe(5, "$share/group/waits")).expectType(WirePacket.UNSUBACK);
        for (String text : List.of("m1", "m2", "m3", "m4")) {
          assertThat(other.expectType(WirePacket.PUBLISH).text()).isEqualTo(text);
        }
        publishMany(publisher, "waits", 2);
        assertThat(other.expectType(WirePacket.PUBLISH).text()).isEqualTo("m0");
        assertThat(other.expectType(WirePacket.PUBLISH).text()).isEqualTo("m1");
        slow.send("40 02 0001").expectNothing();
      }
    }
  }

  @Test
  void aGroupWithoutMembersIsNoMore() {
    try (RawClient member = member(5, "last", "last", 1);
        RawClient publisher = publisher(5)) {
      publisher.send(publish(5, 0x02, "last", "x"));
      assertThat(publisher.expectType(WirePacket.PUBACK).reason()).isZero();
      acknowledge(member, member.expectType(WirePacket.PUBLISH));
      member.send(unsubscribe(5, "$share/group/last")).expect("b0 ( 0002 ( ) 00 )");
      publisher.send(publish(5, 0x02, "last", "x"));
      assertThat(publisher.expectType(WirePacket.PUBACK).reason()).isEqualTo(0x10);
      member.expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void messagesWaitForAGroupThatIsAwayAltogether(int version) {
    String topic = "away" + version;
    lastingMember(version, topic, topic, 1).close();
    try (RawClient publisher = publisher(version)) {
      publishMany(publisher, topic, 3);
    }
    try (RawClient member = RawClient.open(SERVER.port())) {
      resume(member, version, topic);
      for (String text : many(3)) {
        WirePacket message = member.expectType(WirePacket.PUBLISH);
        assertThat(message.text()).isEqualTo(text);
        acknowledge(member, message);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  @Statement("MQTT-4.8.2-4")
  void aMessageOfQualityTwoStaysWithTheMemberThatBeganIt(int version) {
    String topic = "stays" + version;
    int packetId;
    try (RawClient other = RawClient.connected(SERVER.port(), version, "stays-other");
        RawClient publisher = publisher(version)) {
      try (RawClient first = lastingMember(version, topic, topic, 2)) {
        publisher.send(publish(version, 0x04, topic, "once")).expectType(WirePacket.PUBREC);
        packetId = first.expectType(WirePacket.PUBLISH).packetId();
        join(other, topic, 2);
      }
      try (RawClient first = RawClient.open(SERVER.port())) {
        resume(first, version, topic);
        WirePacket again = first.expectType(WirePacket.PUBLISH);
        assertThat(again.packetId()).isEqualTo(packetId);
        assertThat(again.dup()).isTrue();
        first.send("50 02 %04x".formatted(packetId)).expectType(WirePacket.PUBREL);
        first.send("70 02 %04x".formatted(packetId)).expectNothing();
      }
      other.expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement("MQTT-4.8.2-5")
  void aMessageOfQualityTwoEndsWithTheSessionThatBeganIt(int version) {
    try (RawClient other = member(version, "ends-other", "begun-two", 2);
        RawClient first = member(version, "ends-first", "begun-two", 2);
        RawClient publisher = publisher(version)) {
      for (int i = 0; i < 2; i++) {
        publisher.send(publish(version, 0x04, "begun-two", "x")).expectType(WirePacket.PUBREC);
        publisher.send("62 02 0003").expectType(WirePacket.PUBCOMP);
      }
      first.expectType(WirePacket.PUBLISH);
      other.expectType(WirePacket.PUBLISH);
      RawClient.connected(SERVER.port(), version, "ends-first").close(); // Clean start.
      first.expectEnd(0x8E);
      publishSafely(publisher, 0, "end", "end");
      assertThat(textsUntil(other, "end")).isEmpty();
    }
  }

  @Test
  @Statement("MQTT-4.8.2-6")
  void aMessageThatAMemberRefusesIsGone() {
    RawClient first = member(5, "refuses", "refused", 2);
    try (RawClient other = RawClient.connected(SERVER.port(), 5, "refuses-other");
        RawClient publisher = publisher(5)) {
      publisher.send(publish(5, 0x02, "refused", "one")).expectType(WirePacket.PUBACK);
      publisher.send(publish(5, 0x04, "refused", "two")).expectType(WirePacket.PUBREC);
      int one = first.expectType(WirePacket.PUBLISH).packetId();
      int two = first.expectType(WirePacket.PUBLISH).packetId();
      join(other, "refused", 2);
      first.send("40 ( %04x 97 ) 50 ( %04x 97 )".formatted(one, two)).expectNothing();
      first.close();
      publishSafely(publisher, 0, "end", "end");
      assertThat(textsUntil(other, "end")).isEmpty();
      other.expectNothing();
    }
  }

  @Test
  void membersMayBeOfDifferentVersionsAndJoinWithOtherOptions() {
    try (RawClient three = member(3, "mixed-3", "mixed/#", 0);
        RawClient four = member(4, "mixed-4", "mixed/#", 1);
        RawClient five = member(5, "mixed-5", "mixed/#", 1);
        RawClient publisher = publisher(5)) {
      publisher.send("31 ( \"mixed/a\" ( 26 \"a\" \"b\" ) 'x' )" + " c0 00");
      five.send("82 ( 0001 ( 0b 05 ) \"$share/group/mixed/#\" 08 )"); // Retain as published.
      five.expectType(WirePacket.SUBACK);
      publisher.expect("d0 00");
      for (int i = 0; i < 3; i++) {
        publisher.send("31 ( \"mixed/b\" ( 26 \"a\" \"b\" ) 'y' )");
      }
      publishSafely(publisher, 0, "end", "end");
      assertThat(textsUntil(three, "end")).isNotEmpty();
      assertThat(textsUntil(four, "end")).isNotEmpty();
      WirePacket message = messagesUntil(five, "end").getLast();
      assertThat(message.retain()).isTrue();
      assertThat(message.userProperties()).containsExactly("a=b");
      assertThat(message.numbers(0x0B)).containsExactly(5L);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "$share//a, 0x81",
    "$share//, 0x81",
    "$share/+/a, 0x81",
    "$share/#/a, 0x81",
    "$share/g+/a, 0x81",
    "$share/g#/a, 0x81",
    "$share/g, 0x81",
    "$share/, 0x81",
    "$share/g/, 0x81",
    "$share/g/a#, 0x81",
    "$share/g/#/a, 0x81",
    "$share/g/a+, 0x81",
  })
  @Statement({"MQTT-4.8.2-1", "MQTT-4.8.2-2"})
  void aSharedFilterHasANameAndAFilter(String filter, String reason) {
    for (int version = 3; version <= 5; version++) {
      try (RawClient client = RawClient.connected(SERVER.port(), version, "malformed")) {
        client.send(subscribe(version, filter, 0)).expectEnd(Integer.decode(reason));
      }
      try (RawClient client = RawClient.connected(SERVER.port(), version, "malformed")) {
        client.send(unsubscribe(version, filter)).expectEnd(Integer.decode(reason));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "$share/g/a, a, true",
    "$share/g/a, g/a, false",
    "$share/g//a, /a, true",
    "$share/g//a, a, false",
    "$share/g//, /, true",
    "$share/g/#, x/y, true",
    "$share/\u00fc $/+/b, a/b, true",
    "$Share/g/a, a, false",
    "$share, a, false",
    "$sharegroup/a, a, false",
  })
  @Statement({"MQTT-4.8.2-1", "MQTT-4.8.2-2"})
  void whatFollowsTheNameIsTheFilter(String filter, String topic, boolean matches) {
    try (RawClient client = RawClient.connected(SERVER.port(), 5, "form")) {
      client.send(subscribe(5, filter, 0)).expectType(WirePacket.SUBACK);
      client.send(publish(5, 0, topic, "x"));
      if (matches) {
        client.expectType(WirePacket.PUBLISH);
      }
      client.expectNothing();
    }
  }

  @Test
  @Statement("MQTT-3.8.3-4")
  void noLocalIsNotForGroups() {
    try (RawClient client = RawClient.connected(SERVER.port(), 5, "local-group")) {
      client.send(subscribe(5, "$share/g/a", 0x04)).expectEnd(0x82);
    }
  }
}
