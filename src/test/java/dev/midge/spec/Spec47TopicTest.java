package dev.midge.spec;

import static dev.midge.spec.Packets.publishSafely;
import static dev.midge.spec.Packets.subscribe;
import static dev.midge.spec.Packets.subscriber;
import static dev.midge.spec.Packets.textsUntil;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// 4.7 Topic Names and Topic Filters.
final class Spec47TopicTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  /// Filter, topic, and whether they match. The names in here are spelled with Java escapes where
  /// they would not show.
  private static final List<List<String>> TABLE =
      List.of(
          // Without wildcards each character counts.
          List.of("a", "a", "yes"),
          List.of("a", "A", "no"),
          List.of("a", "b", "no"),
          List.of("a", "aa", "no"),
          List.of("a", "/a", "no"),
          List.of("a", "a/", "no"),
          List.of("a/", "a/", "yes"),
          List.of("a/", "a", "no"),
          List.of("/a", "/a", "yes"),
          List.of("/", "/", "yes"),
          List.of("//", "//", "yes"),
          List.of("//", "/", "no"),
          List.of("a//b", "a//b", "yes"),
          List.of("a//b", "a/b", "no"),
          List.of("a/b", "a/b/c", "no"),
          List.of("Accounts payable", "Accounts payable", "yes"),
          List.of("ACCOUNTS", "accounts", "no"),
          List.of(" a", "a", "no"),
          List.of("a ", "a ", "yes"),
          List.of("a.b/c", "axb/c", "no"),
          List.of("a*", "ab", "no"),
          List.of("%61", "a", "no"),
          List.of("..", "a/..", "no"),
          List.of("a/../b", "b", "no"),
          List.of("a$b/$c", "a$b/$c", "yes"),
          // `#`: any number of levels, none included.
          List.of("#", "a", "yes"),
          List.of("#", "/", "yes"),
          List.of("#", "//a//", "yes"),
          List.of("/#", "/a", "yes"),
          List.of("/#", "/", "yes"),
          List.of("/#", "a", "no"),
          List.of("a/#", "a", "yes"),
          List.of("a/#", "a/", "yes"),
          List.of("a/#", "a/b/c", "yes"),
          List.of("a/#", "ab", "no"),
          List.of("a/#", "ab/c", "no"),
          List.of("a/#", "b/a", "no"),
          List.of("a/b/#", "a", "no"),
          List.of("a/b/#", "a/b", "yes"),
          List.of("a//#", "a/", "yes"),
          List.of("a//#", "a/b", "no"),
          // `+`: exactly one level, which may be empty.
          List.of("+", "a", "yes"),
          List.of("+", "/", "no"),
          List.of("+", "/a", "no"),
          List.of("+", "a/", "no"),
          List.of("+/", "a/", "yes"),
          List.of("/+", "/a", "yes"),
          List.of("/+", "/", "yes"),
          List.of("/+", "//", "no"),
          List.of("+/+", "/a", "yes"),
          List.of("+/+", "/", "yes"),
          List.of("+/+", "a", "no"),
          List.of("+/+/+", "//", "yes"),
          List.of("a/+", "a", "no"),
          List.of("a/+", "a/", "yes"),
          List.of("a/+", "a/b", "yes"),
          List.of("a/+", "a/b/", "no"),
          List.of("a/+/c", "a/b/c", "yes"),
          List.of("a/+/c", "a//c", "yes"),
          List.of("a/+/c", "a/b/b/c", "no"),
          List.of("a/+/c", "a/b/d", "no"),
          List.of("+/b", "a/b", "yes"),
          List.of("+/b", "b", "no"),
          List.of("+/b/+/d", "a/b/c/d", "yes"),
          List.of("+/b/+/d", "a/b/c/e", "no"),
          // Both.
          List.of("+/#", "a", "yes"),
          List.of("+/#", "/", "yes"),
          List.of("+/b/#", "a/b", "yes"),
          List.of("+/b/#", "a/b/c/d", "yes"),
          List.of("+/b/#", "a/c/b", "no"),
          List.of("a/+/#", "a", "no"),
          List.of("a/+/#", "a/", "yes"),
          List.of("a/+/#", "a/b/c", "yes"),
          // Other scripts; nothing is normalized, and nothing is dropped.
          List.of("\u6e29\u5ea6/#", "\u6e29\u5ea6/\u5ba4\u5185", "yes"),
          List.of("+/\ud83d\ude00", "a/\ud83d\ude00", "yes"),
          List.of("\ud83d\ude00", "\ud83d\ude01", "no"),
          List.of("\u00e9", "\u00e9", "yes"),
          List.of("\u00e9", "e\u0301", "no"),
          List.of("\u212b", "\u00c5", "no"),
          List.of("\ufb01", "fi", "no"),
          List.of("stra\u00dfe", "STRASSE", "no"),
          List.of("\ufeffa", "\ufeffa", "yes"),
          List.of("\ufeffa", "a", "no"),
          List.of("a\u200b", "a", "no"),
          List.of("a\u00a0", "a ", "no"));

  private static Stream<Integer> versions() {
    return Stream.of(3, 4, 5);
  }

  @ParameterizedTest
  @MethodSource("versions")
  @Statement({"MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.7.3-4", "MQTT-3.10.4-1"})
  void aMessageComesWhenItsTopicMatches(int version) {
    try (RawClient subscriber = RawClient.connected(SERVER.port(), version, "live");
        RawClient publisher = RawClient.connected(SERVER.port(), version, "live-publisher")) {
      subscriber.send(subscribe(version, "end", 0)).expectType(WirePacket.SUBACK);
      for (List<String> row : TABLE) {
        subscriber.send(subscribe(version, row.get(0), 0)).expectType(WirePacket.SUBACK);
        publishSafely(publisher, 0, row.get(1), "message");
        publishSafely(publisher, 0, "end", "end");
        assertThat(textsUntil(subscriber, "end"))
            .as("%s", row)
            .hasSize(row.get(2).equals("yes") ? 1 : 0);
        subscriber.send(Packets.unsubscribe(version, row.get(0))).expectType(WirePacket.UNSUBACK);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  @Statement({"MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.7.3-4"})
  void aRetainedMessageComesWhenItsTopicMatches(int version) {
    try (RawClient subscriber = RawClient.connected(SERVER.port(), version, "later");
        RawClient publisher = RawClient.connected(SERVER.port(), version, "later-publisher")) {
      subscriber.send(subscribe(version, "end", 0)).expectType(WirePacket.SUBACK);
      for (List<String> row : TABLE) {
        publishSafely(publisher, 1, row.get(1), "message");
        subscriber.send(subscribe(version, row.get(0), 0)).expectType(WirePacket.SUBACK);
        publishSafely(publisher, 0, "end", "end");
        assertThat(textsUntil(subscriber, "end"))
            .as("%s", row)
            .hasSize(row.get(2).equals("yes") ? 1 : 0);
        subscriber.send(Packets.unsubscribe(version, row.get(0))).expectType(WirePacket.UNSUBACK);
        publishSafely(publisher, 1, row.get(1), "");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void oneFilterSelectsAmongManyTopics(int version) {
    List<String> topics = List.of("t/a", "t/a/", "t/b", "t//x", "t/b/x", "t/b/x/y", "u/b/x");
    try (RawClient subscriber =
            subscriber(SERVER.port(), version, "many", "t/+/x/#", 1); // One of the table is enough.
        RawClient publisher = RawClient.connected(SERVER.port(), version, "many-publisher")) {
      for (String topic : topics) {
        publishSafely(publisher, 0, topic, topic);
      }
      publishSafely(publisher, 0, "t/end/x", "end");
      assertThat(textsUntil(subscriber, "end")).containsExactly("t//x", "t/b/x", "t/b/x/y");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a#", "#a", "a/#b", "a/b#", "#/", "#/a", "a/#/b", "##", "+#", "#+", "/#/"})
  @Statement("MQTT-4.7.1-1")
  void aNumberSignStandsAloneAndLast(String filter) {
    isNoFilter(filter);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a+", "+a", "a/+b", "a/b+/c", "++", "a/++", "+/a+", "a/+b/#"})
  @Statement("MQTT-4.7.1-2")
  void aPlusSignIsAWholeLevel(String filter) {
    isNoFilter(filter);
  }

  @Test
  @Statement("MQTT-4.7.3-1")
  void aFilterHasAtLeastOneCharacter() {
    isNoFilter("");
  }

  @Test
  @Statement("MQTT-4.7.3-2")
  void nobodySendsTheNullCharacter() {
    for (int version = 3; version <= 5; version++) {
      ends(version, "82 ( 0001 %s [ 'a' 00 ] 00 )".formatted(Packets.noProperties(version)));
      ends(version, "a2 ( 0001 %s [ 00 ] )".formatted(Packets.noProperties(version)));
      ends(version, "30 ( [ 'a' 00 'b' ] %s 'x' )".formatted(Packets.noProperties(version)));
    }
  }

  /// Neither SUBSCRIBE nor UNSUBSCRIBE takes it.
  private static void isNoFilter(String filter) {
    for (int version = 3; version <= 5; version++) {
      ends(version, subscribe(version, filter, 0));
      ends(version, Packets.unsubscribe(version, filter));
    }
  }

  private static void ends(int version, String packet) {
    try (RawClient client = RawClient.connected(SERVER.port(), version, "wrong")) {
      client.send(packet).expectEnd(0x81);
    }
  }

  @ParameterizedTest
  @CsvSource({"3, a/+", "4, a/#", "5, +", "5, #", "4, ''", "3, ''"})
  @Statement({"MQTT-4.7.0-1", "MQTT-4.7.3-1"})
  void aTopicNameHasNoWildcardsAndIsNotEmpty(int version, String topic) {
    ends(version, Packets.publish(version, 0, topic, "x"));
  }

  @ParameterizedTest
  @MethodSource("versions")
  @Statement("MQTT-4.7.3-3")
  void topicsMayBeAsLongAsStringsCanBe(int version) {
    String longest = "long/" + "x".repeat(65_530);
    try (RawClient subscriber = subscriber(SERVER.port(), version, "long", longest, 1);
        RawClient other = subscriber(SERVER.port(), version, "long-other", "long/+", 1);
        RawClient publisher = RawClient.connected(SERVER.port(), version, "long-publisher")) {
      publishSafely(publisher, 0, longest, "x");
      assertThat(subscriber.expectType(WirePacket.PUBLISH).topic()).isEqualTo(longest);
      assertThat(other.expectType(WirePacket.PUBLISH).topic()).isEqualTo(longest);
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void topicsMayHaveManyLevels(int version) {
    String deep = "deep" + "/".repeat(1000);
    String pluses = "deep" + "/+".repeat(1000);
    try (RawClient subscriber = subscriber(SERVER.port(), version, "deep", pluses, 1);
        RawClient other = subscriber(SERVER.port(), version, "deep-other", "deep/#", 1);
        RawClient publisher = RawClient.connected(SERVER.port(), version, "deep-publisher")) {
      publishSafely(publisher, 1, deep, "x");
      assertThat(subscriber.expectType(WirePacket.PUBLISH).topic()).isEqualTo(deep);
      assertThat(other.expectType(WirePacket.PUBLISH).topic()).isEqualTo(deep);
      try (RawClient late = subscriber(SERVER.port(), version, "deep-late", pluses, 0)) {
        assertThat(late.expectType(WirePacket.PUBLISH).retain()).isTrue();
      }
      publishSafely(publisher, 1, deep, "");
    }
  }

  @Test
  void moreLevelsThanTheServerKeepsAreRefusedAndCostNobodyAnything() {
    String deepest = "/".repeat(65_535);
    String pluses = "+/".repeat(32_767) + "+";
    try (RawClient client = RawClient.connected(SERVER.port(), 5, "deepest")) {
      client.send("82 ( 0001 ( ) \"%s\" 00 \"%s\" 01 )".formatted(deepest, pluses));
      assertThat(client.expectType(WirePacket.SUBACK).reasons()).containsExactly(0x8F, 0x8F);
      client.send(Packets.publish(5, 0x03, deepest, "x"));
      WirePacket puback = client.expectType(WirePacket.PUBACK);
      assertThat(puback.reason()).isEqualTo(0x90);
      client.expectNothing();
    }
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "deepest")) {
      client.send(subscribe(4, deepest, 1)).expect("90 ( 0001 80 )");
      publishSafely(client, 1, deepest, "x");
      client.expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"$SYS/broker/version", "$", "$x", "$share/g/t", "$CONTROL/a/v1"})
  @Statement("MQTT-4.7.2-1")
  void clientsCannotTalkUnderTopicsOfTheServer(String topic) {
    try (RawClient subscriber = subscriber(SERVER.port(), 5, "listener", "#", 0);
        RawClient publisher = RawClient.connected(SERVER.port(), 5, "spoofer")) {
      subscriber.send(subscribe(5, "+/+/+", 0)).expectType(WirePacket.SUBACK);
      subscriber.send(subscribe(5, "$SYS/#", 0)).expectType(WirePacket.SUBACK);
      subscriber.send(subscribe(5, "$x", 0)).expectType(WirePacket.SUBACK);
      publisher.send(Packets.publish(5, 0x03, topic, "spoofed"));
      assertThat(publisher.expectType(WirePacket.PUBACK).reason()).isEqualTo(0x87);
      publisher.send(Packets.publish(5, 0x04, topic, "spoofed"));
      assertThat(publisher.expectType(WirePacket.PUBREC).reason()).isEqualTo(0x87);
      publishSafely(publisher, 0, "a", "end");
      assertThat(textsUntil(subscriber, "end")).isEmpty();
    }
    try (RawClient publisher = RawClient.connected(SERVER.port(), 4, "spoofer-4");
        RawClient late = subscriber(SERVER.port(), 4, "late", "#", 0)) {
      publishSafely(publisher, 1, topic, "spoofed");
      late.send(subscribe(4, "$SYS/#", 0)).expectType(WirePacket.SUBACK);
      late.expectNothing();
    }
  }
}
