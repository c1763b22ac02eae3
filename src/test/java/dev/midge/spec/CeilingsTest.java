package dev.midge.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.Counter;
import dev.midge.broker.Drop;
import dev.midge.kit.RawClient;
import dev.midge.kit.RawWebSocket;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Bounds that a server of strangers sets: what is within them goes on as ever, what is beyond them
/// is refused with the code that says so.
final class CeilingsTest {
  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener(
              "strict",
              """
              limits:
                will_bytes_max: 100
                credential_bytes_max: 10
                retained_message_bytes_max: 100
                retained_seconds_max: 3600
                shared_subscriptions_max: 2
                takeovers_per_minute_max: 3
              """)
          .listener("brief", "limits: { retained_seconds_max: 1 }")
          .listener("gentle", "limits: { retained_per_second_max: 4 }")
          .listener(
              "frames", "transport: websocket\nwebsocket: { control_frames_per_second_max: 20 }");

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void retainedMessagesComeOnlySoFastAndHoldNothingElseUp(int qos) {
    long before = SERVER.count(Counter.RETAINED_PUT_OFF);
    String topic = "slowly" + qos;
    try (RawClient publisher = RawClient.connected(SERVER.port(), 4, "retains");
        RawClient client = RawClient.connected(SERVER.port("gentle"), 4, "patient")) {
      for (int i = 0; i < 10; i++) {
        publisher.send(Packets.publish(4, 3, topic + "/" + i, "kept")).read();
      }
      client.send(Packets.subscribe(4, topic + "/+", qos)).expectType(WirePacket.SUBACK);
      List<String> topics = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        topics.add(received(client));
      }
      publisher.send(Packets.publish(4, 0, topic + "/live", "at once"));
      while (!topics.getLast().endsWith("/live")) {
        topics.add(received(client));
      }
      assertThat(topics).hasSizeLessThan(11);
      while (topics.size() < 11) {
        topics.add(received(client));
      }
      assertThat(topics).doesNotHaveDuplicates();
    }
    assertThat(SERVER.count(Counter.RETAINED_PUT_OFF)).isGreaterThanOrEqualTo(before + 2);
  }

  private static String received(RawClient client) {
    WirePacket message = client.expectType(WirePacket.PUBLISH);
    if ((message.header() & 0x06) != 0) {
      Packets.acknowledge(client, message);
    }
    return message.topic();
  }

  private static RawClient open(int version) {
    return RawClient.open(SERVER.port("strict")).speak(version);
  }

  @ParameterizedTest
  @CsvSource({"3, 100, 0", "4, 100, 0", "5, 100, 0", "3, 101, 3", "4, 101, 3", "5, 101, 149"})
  void aWillIsOnlySoLong(int version, int length, int reason) {
    String connect = RawClient.connect(version, 0x06, "", "heir");
    try (RawClient client = open(version)) {
      client.send(
          connect.substring(0, connect.length() - 1)
              + "%s \"w\" [ 00 *%d ] )".formatted(Packets.noProperties(version), length));
      assertConnack(client, version, reason);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "4, 10, 10, 0",
    "5, 10, 10, 0",
    "3, 11, 1, 4",
    "4, 11, 1, 4",
    "5, 11, 1, 134",
    "4, 1, 11, 4",
    "5, 1, 11, 134"
  })
  void userNameAndPasswordAreOnlySoLong(int version, int name, int password, int reason) {
    String connect = RawClient.connect(version, 0xC2, "", "me");
    try (RawClient client = open(version)) {
      client.send(
          connect.substring(0, connect.length() - 1)
              + "\"%s\" [ 'p' *%d ] )".formatted("u".repeat(name), password));
      assertConnack(client, version, reason);
    }
  }

  private static void assertConnack(RawClient client, int version, int reason) {
    if (version < 5 && reason == 3) {
      client.expectClosed(); // There is no code for that.
    } else {
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(reason);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void aMessageThatIsTooLongToBeRetainedIsDeliveredAllTheSame(int version) {
    long before = SERVER.count(Drop.RETAINED_TOO_LARGE);
    String topic = "long/" + version;
    try (RawClient client = RawClient.connected(open(version), version, "source");
        RawClient live = Packets.subscriber(SERVER.port(), 5, "live", topic, 0)) {
      client.send(Packets.publish(version, 3, topic, "x".repeat(100)));
      client.expectType(WirePacket.PUBACK);
      client.send(Packets.publish(version, 3, topic, "y".repeat(101)));
      assertThat(client.expectType(WirePacket.PUBACK).reason()).isEqualTo(version == 5 ? 0x97 : 0);
      live.expectType(WirePacket.PUBLISH);
      assertThat(live.expectType(WirePacket.PUBLISH).text()).startsWith("y");
    }
    assertThat(SERVER.count(Drop.RETAINED_TOO_LARGE) - before).isEqualTo(1);
    try (RawClient late = Packets.subscriber(SERVER.port(), 5, "late", topic, 0)) {
      assertThat(late.expectType(WirePacket.PUBLISH).text()).startsWith("x");
    }
  }

  @Test
  void aMessageIsRetainedForSoLongOnly() {
    try (RawClient client = RawClient.connected(SERVER.port("brief"), 5, "brief");
        RawClient live = Packets.subscriber(SERVER.port(), 5, "lives", "brief", 0)) {
      Packets.publishSafely(client, 1, "brief", "soon gone");
      assertThat(live.expectType(WirePacket.PUBLISH).text()).isEqualTo("soon gone");
    }
    Publishing.letPass(2, SERVER.port());
    try (RawClient late = Packets.subscriber(SERVER.port(), 5, "late", "brief", 0)) {
      late.expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void aClientHasOnlySoManySharedSubscriptions(int version) {
    try (RawClient client = RawClient.connected(open(version), version, "shares")) {
      for (int i = 0; i < 3; i++) {
        client.send(Packets.subscribe(version, "$share/group-" + i + "/a", 0));
        int refused = version == 5 ? 0x97 : 0x80;
        byte[] body = client.expectType(WirePacket.SUBACK).body();
        assertThat(body[body.length - 1]).isEqualTo((byte) (i < 2 ? 0 : refused));
      }
      client.send(Packets.subscribe(version, "$share/group-1/a", 1));
      byte[] body = client.expectType(WirePacket.SUBACK).body();
      assertThat(body[body.length - 1]).isEqualTo((byte) 1);
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 0", "4, 0", "5, 0", "4, 2", "5, 2"})
  void anIdentifierIsTakenOverOnlySoOften(int version, int cleanStart) {
    String id = "fought-over-" + version + cleanStart;
    long before = SERVER.count(Counter.TAKEOVERS_REFUSED);
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        RawClient client = open(version).send(RawClient.connect(version, cleanStart, "", id));
        clients.add(client);
        assertThat(client.expectType(WirePacket.CONNACK).reason()).isZero();
      }
      try (RawClient tooMany = open(version)) {
        tooMany.send(RawClient.connect(version, cleanStart, "", id));
        assertThat(tooMany.expectType(WirePacket.CONNACK).reason())
            .isEqualTo(version == 5 ? 0x9F : 3);
      }
      clients.getLast().expectNothing();
    } finally {
      clients.forEach(RawClient::close);
    }
    assertThat(SERVER.count(Counter.TAKEOVERS_REFUSED) - before).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x82, 0x89, 0x8A})
  void aWebSocketThatSaysNothingTooOftenIsClosed(int opcode) throws IOException {
    byte[] empty = {};
    try (RawWebSocket socket = RawWebSocket.open(SERVER.port("frames"), "/mqtt", "mqtt")) {
      for (int i = 0; i < 200; i++) {
        socket.send(opcode, empty);
      }
      RawWebSocket.Frame frame = socket.read();
      while (frame.opcode() != 8) {
        frame = socket.read();
      }
      assertThat(frame.payload()).startsWith(1008 >>> 8, 1008 & 0xFF);
    }
    assertThat(SERVER.count(Counter.WEBSOCKETS_OVER_RATE)).isPositive();
  }
}
