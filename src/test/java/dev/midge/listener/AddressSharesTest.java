package dev.midge.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.Counter;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// One address has only its share of what the server keeps for all: what is beyond it is refused,
/// and other addresses do not notice. Each test comes from an address of its own.
final class AddressSharesTest {
  private static final String OTHER = "127.0.0.100";

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .addresses(
              """
              sessions_max: 3
              subscriptions_max: 5
              queued_bytes_max: 40KiB
              retained_messages_max: 2
              retained_bytes_max: 4KiB\
              """);

  @Test
  void sessionsOfAnAddressAreBoundedWhetherConnectedOrNot() {
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      clients.add(kept("127.0.0.11", 5, "session-" + i));
    }
    clients.forEach(RawClient::leave);
    assertThat(connack("127.0.0.11", 5, "one-more").reason()).isEqualTo(0x97);
    assertThat(connack("127.0.0.11", 4, "one-more").reason()).isEqualTo(3);
    assertThat(SERVER.count(Counter.SESSIONS_OVER_ADDRESS)).isGreaterThanOrEqualTo(2);
    assertThat(connack(OTHER, 5, "another-address").reason()).isZero();
    RawClient.connected(RawClient.openFrom("127.0.0.11", SERVER.port()), 5, "session-0").leave();
    assertThat(connack("127.0.0.11", 5, "in-its-place").reason()).isZero();
  }

  @Test
  void aSessionCountsForTheAddressThatItsClientCameFromLast() {
    kept("127.0.0.12", 5, "moving").leave();
    for (int i = 0; i < 3; i++) {
      kept("127.0.0.13", 5, "settled-" + i).leave();
    }
    try (RawClient moved = RawClient.openFrom("127.0.0.13", SERVER.port()).speak(5)) {
      moved.send(RawClient.connect(5, 0, "11 0000ffff", "moving"));
      assertThat(moved.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x97);
    }
    kept("127.0.0.14", 5, "moving").leave();
    for (int i = 0; i < 3; i++) {
      kept("127.0.0.12", 5, "follower-" + i).leave();
    }
  }

  @Test
  void whatAnAddressHasIsCountedAfterARestartToo() {
    for (int i = 0; i < 3; i++) {
      RawClient client = kept("127.0.0.19", 5, "lasting-" + i);
      client.send("82 ( 0001 ( ) \"lasting\" 01 )").expectType(WirePacket.SUBACK);
      client.leave();
    }

    SERVER.restart();

    assertThat(connack("127.0.0.19", 5, "one-more").reason()).isEqualTo(0x97);
    assertThat(connack(OTHER, 5, "another-address").reason()).isZero();
    try (RawClient back = kept("127.0.0.19", 5, "lasting-0")) {
      back.send("82 ( 0001 ( ) \"a\" 00 \"b\" 00 \"c\" 00 )").expect("90 ( 0001 ( ) 00 00 97 )");
    }
  }

  @Test
  void subscriptionsOfAllSessionsOfAnAddressAreBounded() {
    try (RawClient one = from("127.0.0.15", 5, "subscribes");
        RawClient two = from("127.0.0.15", 5, "subscribes-too");
        RawClient bystander = from(OTHER, 5, "bystander")) {
      one.send("82 ( 0001 ( ) \"a\" 00 \"b\" 00 \"c\" 00 )").expect("90 ( 0001 ( ) 00 00 00 )");
      two.send("82 ( 0001 ( ) \"a\" 00 \"b\" 00 \"c\" 00 )").expect("90 ( 0001 ( ) 00 00 97 )");
      bystander.send("82 ( 0001 ( ) \"c\" 00 )").expect("90 ( 0001 ( ) 00 )");
      two.send("82 ( 0001 ( ) \"a\" 01 )").expect("90 ( 0001 ( ) 01 )");
      one.send("a2 ( 0002 ( ) \"a\" )").expect("b0 ( 0002 ( ) 00 )");
      two.send("82 ( 0003 ( ) \"c\" 00 )").expect("90 ( 0003 ( ) 00 )");
      one.leave();
      two.send("82 ( 0004 ( ) \"d\" 00 \"e\" 00 )").expect("90 ( 0004 ( ) 00 00 )");
    }
  }

  @Test
  void messagesThatWaitForAnAddressAreBounded() {
    for (int i = 0; i < 2; i++) {
      RawClient hoarder = kept("127.0.0.16", 4, "hoarder-" + i);
      hoarder.send("82 ( 0001 \"hoard\" 01 )").expectType(WirePacket.SUBACK);
      hoarder.leave();
    }
    RawClient other = kept(OTHER, 4, "no-hoarder");
    other.send("82 ( 0001 \"hoard\" 01 )").expectType(WirePacket.SUBACK);
    other.leave();
    try (RawClient publisher = from(OTHER, 4, "publisher")) {
      publisher.send("32 ( \"hoard\" 0001 'x' *10000 ) ".repeat(3)).readAll(3);
      expectWaiting("127.0.0.16", "hoarder-0", 2, publisher);
      expectWaiting("127.0.0.16", "hoarder-1", 2, publisher);
      expectWaiting(OTHER, "no-hoarder", 3, publisher);
    }
  }

  @Test
  void retainedMessagesOfAnAddressAreBounded() {
    try (RawClient one = from("127.0.0.17", 5, "retains");
        RawClient other = from("127.0.0.18", 5, "retains-too")) {
      assertThat(retain(one, "mine/1", 100)).isNotEqualTo(0x97);
      assertThat(retain(one, "mine/2", 100)).isNotEqualTo(0x97);
      assertThat(retain(one, "mine/3", 100)).isEqualTo(0x97);
      assertThat(retain(one, "mine/2", 8000)).isEqualTo(0x97);
      assertThat(retain(other, "mine/2", 200)).isNotEqualTo(0x97);
      assertThat(retain(one, "mine/3", 100)).isNotEqualTo(0x97);
      assertThat(retain(one, "mine/1", 0)).isNotEqualTo(0x97);
      assertThat(retain(one, "mine/4", 100)).isNotEqualTo(0x97);
      assertThat(retain(other, "theirs", 100)).isNotEqualTo(0x97);
      assertThat(retain(other, "theirs/2", 100)).isEqualTo(0x97);
    }
  }

  @Test
  void retainedMessagesOfAnAddressAreCountedAfterARestartToo() throws IOException {
    try (RawClient one = from("127.0.0.20", 5, "retains")) {
      assertThat(retain(one, "lasting/1", 100)).isNotEqualTo(0x97);
      assertThat(retain(one, "lasting/2", 100)).isNotEqualTo(0x97);
    }
    String defaults = SERVER.text("defaults.yaml");
    SERVER.write("defaults.yaml", defaults.replace("messages_max: 2", "messages_max: 1"));

    SERVER.restart();

    try (RawClient one = from("127.0.0.20", 5, "retains");
        RawClient other = from("127.0.0.21", 5, "retains-too")) {
      try (RawClient reader = from(OTHER, 5, "reader")) {
        reader.send("82 ( 0001 ( ) \"lasting/+\" 00 )").expectType(WirePacket.SUBACK);
        reader.expectType(WirePacket.PUBLISH);
        reader.expectType(WirePacket.PUBLISH);
      }
      assertThat(retain(one, "lasting/3", 100)).isEqualTo(0x97);
      assertThat(retain(other, "lasting/4", 100)).isNotEqualTo(0x97);
      assertThat(retain(one, "lasting/1", 0)).isNotEqualTo(0x97);
      assertThat(retain(one, "lasting/3", 100)).isEqualTo(0x97);
      assertThat(retain(one, "lasting/2", 0)).isNotEqualTo(0x97);
      assertThat(retain(one, "lasting/3", 100)).isNotEqualTo(0x97);
    } finally {
      SERVER.write("defaults.yaml", defaults);
      SERVER.reload();
    }
  }

  private static int retain(RawClient client, String topic, int length) {
    String payload = length == 0 ? "" : "'x' *" + length;
    client.send("33 ( \"%s\" 0001 ( ) %s )".formatted(topic, payload));
    return client.expectType(WirePacket.PUBACK).reason();
  }

  /// Checks how many long messages a client gets before the short one that the publisher sends now.
  private static void expectWaiting(String address, String id, int count, RawClient publisher) {
    try (RawClient client = RawClient.openFrom(address, SERVER.port()).speak(4)) {
      client.send(RawClient.connect(4, 0, "", id)).expectType(WirePacket.CONNACK);
      for (int i = 0; i < count; i++) {
        WirePacket message = client.expectType(WirePacket.PUBLISH);
        assertThat(message.text()).startsWith("xxx");
        client.send("40 02 %04x".formatted(message.packetId()));
      }
      publisher.send("32 ( \"hoard\" 0001 'end' )").expectType(WirePacket.PUBACK);
      assertThat(client.expectType(WirePacket.PUBLISH).text()).isEqualTo("end");
    }
  }

  private static RawClient from(String address, int version, String id) {
    return RawClient.connected(RawClient.openFrom(address, SERVER.port()), version, id);
  }

  /// A client whose session stays when it leaves.
  private static RawClient kept(String address, int version, String id) {
    RawClient client = RawClient.openFrom(address, SERVER.port()).speak(version);
    client.send(RawClient.connect(version, 0, "11 0000ffff", id));
    assertThat(client.expectType(WirePacket.CONNACK).reason()).isZero();
    return client;
  }

  private static WirePacket connack(String address, int version, String id) {
    try (RawClient client = RawClient.openFrom(address, SERVER.port()).speak(version)) {
      return client.send(RawClient.connect(version, 2, "", id)).expectType(WirePacket.CONNACK);
    }
  }
}
