package dev.midge.spec;

import static dev.midge.spec.Packets.subscribe;
import static dev.midge.spec.Packets.subscriber;
import static dev.midge.spec.Publishing.publish;
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

/// 3.3.2.3.4 Topic Alias, from clients and to them.
final class Spec33TopicAliasTest {
  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener("few", "mqtt: { topic_alias_max: 2 }")
          .listener("none", "mqtt: { topic_alias_max: 0 }")
          .listener("all", "mqtt: { topic_alias_max: 65535 }");

  /// PUBLISH with QoS 0 by alias, with the name as well if there is one.
  private static String aliased(String topic, int alias, String payload) {
    return publish(5, 0x30, topic, 0, "23 %04x".formatted(alias), payload);
  }

  @ParameterizedTest
  @CsvSource({"few, 1", "few, 2", "plain, 64", "all, 65535", "all, 8", "all, 9"})
  @Statement("MQTT-3.3.2-12")
  void aClientMayUseEveryAliasThatItWasOffered(String listener, int alias) {
    try (RawClient client = subscriber(SERVER.port(listener), 5, "alias", "alias/+", 0)) {
      client.send(aliased("alias/a", alias, "named"));
      client.expect(publish(5, 0, "alias/a", 0, "named"));
      client.send(aliased("", alias, "by alias"));
      client.expect(publish(5, 0, "alias/a", 0, "by alias"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Statement("MQTT-3.3.2-12")
  void anAliasWorksAtEveryQos(int qos) {
    try (RawClient client = subscriber(SERVER.port(), 5, "alias", "alias/qos", 0)) {
      client.send(publish(5, 0x30 | qos << 1, "alias/qos", 1, "23 0003", "a"));
      client.expect(publish(5, 0, "alias/qos", 0, "a"));
      client.expect((qos == 1 ? "40" : "50") + " 02 0001");
      client.send(publish(5, 0x30 | qos << 1, "", 2, "23 0003", "b"));
      client.expect(publish(5, 0, "alias/qos", 0, "b"));
      client.expect((qos == 1 ? "40" : "50") + " 02 0002");
    }
  }

  @Test
  void anAliasMayBeGivenToAnotherTopic() {
    try (RawClient client = subscriber(SERVER.port(), 5, "alias", "re/#", 0)) {
      client.send(aliased("re/a", 1, "1") + aliased("re/b", 2, "2") + aliased("re/c", 1, "3"));
      client.send(aliased("", 1, "4") + aliased("", 2, "5"));
      client.expect(publish(5, 0, "re/a", 0, "1")).expect(publish(5, 0, "re/b", 0, "2"));
      client.expect(publish(5, 0, "re/c", 0, "3")).expect(publish(5, 0, "re/c", 0, "4"));
      client.expect(publish(5, 0, "re/b", 0, "5"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "plain, t, 0, 0x94",
    "plain, '', 0, 0x94",
    "plain, t, 65, 0x94",
    "plain, t, 65535, 0x94",
    "few, t, 3, 0x94",
    "few, '', 3, 0x94",
    "none, t, 1, 0x94",
    "plain, '', 1, 0x82", // Not given yet.
  })
  @Statement({"MQTT-3.3.2-8", "MQTT-3.3.2-9"})
  void aWrongAliasEndsTheConnection(String listener, String topic, int alias, String reason) {
    try (RawClient client = RawClient.connected(SERVER.port(listener), 5, "wrong")) {
      client.send(aliased(topic, alias, "x")).expectEnd(Integer.decode(reason));
    }
  }

  @Test
  @Statement("MQTT-3.3.2-7")
  void anAliasOfAClientEndsWithItsConnection() {
    try (RawClient client = resumed(SERVER.port(), 5, "brief")) {
      client.send(aliased("brief", 1, "x")).expectNothing();
    }
    try (RawClient client = resumed(SERVER.port(), 5, "brief")) {
      client.send(aliased("", 1, "x")).expectEnd(0x82);
    }
  }

  @Test
  void anAliasIsOfOneClientOnly() {
    try (RawClient one = subscriber(SERVER.port(), 5, "one", "of/#", 0);
        RawClient other = RawClient.connected(SERVER.port(), 5, "other")) {
      one.send(aliased("of/one", 1, "1")).expect(publish(5, 0, "of/one", 0, "1"));
      other.send(aliased("of/other", 1, "2"));
      one.expect(publish(5, 0, "of/other", 0, "2"));
      one.send(aliased("", 1, "3")).expect(publish(5, 0, "of/one", 0, "3"));
    }
  }

  @Test
  @Statement("MQTT-3.3.2-11")
  void theServerUsesAsManyAliasesAsTheClientAccepts() {
    try (RawClient client = subscriber(SERVER.port(), "22 0002", "two", "two/#", 0);
        RawClient publisher = RawClient.connected(SERVER.port(), 4, "p")) {
      for (String topic : new String[] {"a", "a", "b", "c", "c", "b", "a"}) {
        publisher.send(publish(4, 0, "two/" + topic, 0, "x"));
      }
      client.expect(aliased("two/a", 1, "x")).expect(aliased("", 1, "x"));
      client.expect(aliased("two/b", 2, "x"));
      client.expect(publish(5, 0, "two/c", 0, "x")).expect(publish(5, 0, "two/c", 0, "x"));
      client.expect(aliased("", 2, "x")).expect(aliased("", 1, "x"));
    }
  }

  @Test
  @Statement("MQTT-3.3.2-11")
  void theServerUsesNoAliasUnasked() {
    try (RawClient client = subscriber(SERVER.port(), 5, "unasked", "unasked", 0)) {
      client.send(publish(5, 0, "unasked", 0, "1") + publish(5, 0, "unasked", 0, "2"));
      client.expect(publish(5, 0, "unasked", 0, "1")).expect(publish(5, 0, "unasked", 0, "2"));
    }
  }

  @Test
  @Statement("MQTT-3.3.2-7")
  void anAliasOfTheServerEndsWithTheConnection() {
    try (RawClient client = resumed(SERVER.port(), 5, "22 0009", "again")) {
      client.send(subscribe(5, "again", 1)).expectType(WirePacket.SUBACK);
      client.send(publish(5, 1, "again", 1, "1"));
      client.expect(publish(5, 0x32, "again", 1, "23 0001", "1")).expect("40 02 0001");
      client.send(publish(5, 1, "again", 2, "2"));
      client.expect(publish(5, 0x32, "", 2, "23 0001", "2")).expect("40 02 0002");
    }
    try (RawClient client = resumed(SERVER.port(), 5, "22 0009", "again")) {
      client.expect(publish(5, 0x3A, "again", 1, "23 0001", "1"));
      client.expect(publish(5, 0x3A, "", 2, "23 0001", "2"));
    }
    try (RawClient client = resumed(SERVER.port(), 5, "again")) {
      client.expect(publish(5, 0x3A, "again", 1, "", "1"));
      client.expect(publish(5, 0x3A, "again", 2, "", "2"));
    }
  }

  /// An alias takes room itself, which must not cost a client the message.
  @Test
  @Statement({"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
  void aMessageThatFitsOnlyWithoutAnAliasComesWithoutOne() {
    try (RawClient client = subscriber(SERVER.port(), "27 000000c8 22 0009", "fits", "t", 0)) {
      String exact = "30 ( \"t\" ( ) 'x' *193 )"; // 200 bytes.
      client.send(exact).expect(exact);
      client.send(publish(5, 0, "t", 0, "short")).expect(aliased("t", 1, "short"));
      client.send(exact).expect(exact);
      client.send("30 ( \"t\" ( ) 'x' *194 )").expectNothing();
    }
  }
}
