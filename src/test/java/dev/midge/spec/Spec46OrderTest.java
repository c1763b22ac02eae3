package dev.midge.spec;

import static dev.midge.spec.Packets.subscribe;
import static dev.midge.spec.Packets.subscriber;
import static dev.midge.spec.Publishing.publish;
import static dev.midge.spec.Publishing.resumed;
import static dev.midge.spec.Publishing.subscriber;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// 4.6 Message ordering: what a publisher sends to a topic with one QoS arrives in its order, on
/// whichever event loops publisher and subscriber live.
final class Spec46OrderTest {
  private static final int PUBLISHERS = 6;
  private static final int SUBSCRIBERS = 8;
  private static final int ROUNDS = 10;
  private static final int MESSAGES_PER_ROUND = 30;

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local().shared("loops: 4").listener("remembers", "mqtt: { queue_qos0: true }");

  /// How a subscriber answers what it was sent.
  private static void acknowledge(RawClient client, WirePacket packet) {
    switch (packet.type()) {
      case WirePacket.PUBREL -> client.send("70 02 %04x".formatted(packet.packetId()));
      case WirePacket.PUBLISH -> {
        if (packet.qos() > 0) {
          client.send("%d 02 %04x".formatted(packet.qos() == 1 ? 40 : 50, packet.packetId()));
        }
      }
      default -> throw new AssertionError("unexpected " + packet);
    }
  }

  /// Reads so many messages, answering each, and checks that in each flow they are numbered from 0
  /// without a gap. A flow is what stands before the space in the payload.
  private static void expectInOrder(RawClient client, int messages) {
    Map<String, Integer> next = new HashMap<>();
    int left = messages;
    while (left > 0) {
      WirePacket packet = client.read();
      acknowledge(client, packet);
      if (packet.type() == WirePacket.PUBLISH) {
        left--;
        String flow = packet.text().substring(0, packet.text().indexOf(' '));
        int number = next.merge(flow, 1, Integer::sum) - 1;
        assertThat(packet.text()).isEqualTo(flow + " " + number);
      }
    }
  }

  /// Numbers `from` to `to` of one flow in one topic, one after another.
  private static String burst(int version, int qos, String topic, String flow, int from, int to) {
    StringBuilder burst = new StringBuilder();
    for (int i = from; i < to; i++) {
      burst.append(publish(version, qos, topic, i + 1, flow + " " + i)).append(' ');
    }
    return burst.toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = {"MQTT-4.6.0-5", "MQTT-4.6.0-6"},
      v3 = {"MQTT-4.6.0-5", "MQTT-4.6.0-6"})
  void everySubscriberSeesTheOrderOfEachPublisher(int version) {
    List<RawClient> clients = new ArrayList<>();
    try {
      List<RawClient> subscribers = new ArrayList<>();
      for (int i = 0; i < SUBSCRIBERS; i++) {
        RawClient subscriber = subscriber(SERVER.port(), version, "to-" + i, "order/#", 2);
        subscribers.add(subscriber);
        clients.add(subscriber);
      }
      List<RawClient> publishers = new ArrayList<>();
      for (int i = 0; i < PUBLISHERS; i++) {
        publishers.add(RawClient.connected(SERVER.port(), version, "from-" + i));
      }
      clients.addAll(publishers);
      for (int round = 0; round < ROUNDS; round++) {
        publishRound(version, publishers, round);
      }
      for (RawClient subscriber : subscribers) {
        expectInOrder(subscriber, PUBLISHERS * ROUNDS * MESSAGES_PER_ROUND);
      }
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  /// Each publisher keeps to one QoS and two topics.
  private static void publishRound(int version, List<RawClient> publishers, int round) {
    int from = round * MESSAGES_PER_ROUND / 2;
    int to = from + MESSAGES_PER_ROUND / 2;
    for (int i = 0; i < publishers.size(); i++) {
      int qos = i % 3;
      publishers.get(i).send(burst(version, qos, "order/a/" + i, "a" + i, from, to));
      String other = burst(version, qos, "order/b", "b" + i, from, to);
      if (qos == 2) { // Its identifiers are in use.
        publishers.get(i).readAll(to - from).send(releases(from, to)).readAll(to - from);
      }
      publishers.get(i).send(other);
    }
    for (int i = 0; i < publishers.size(); i++) {
      switch (i % 3) {
        case 0 -> {}
        case 1 -> publishers.get(i).readAll(2 * (to - from));
        default -> publishers.get(i).readAll(to - from).send(releases(from, to)).readAll(to - from);
      }
    }
  }

  private static String releases(int from, int to) {
    StringBuilder releases = new StringBuilder();
    for (int i = from; i < to; i++) {
      releases.append("62 02 %04x ".formatted(i + 1));
    }
    return releases.toString();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 2", "3, 1", "3, 2"})
  @Statement({"MQTT-4.6.0-5", "MQTT-4.6.0-6"})
  void aSmallWindowKeepsTheOrder(int receiveMax, int qos) {
    for (int i = 0; i < 4; i++) { // On different loops.
      String topic = "window/%d/%d/%d".formatted(receiveMax, qos, i);
      try (RawClient subscriber =
              subscriber(
                  SERVER.port(), "21 %04x".formatted(receiveMax), "narrow-" + i, topic, qos);
          RawClient publisher = RawClient.connected(SERVER.port(), 5, "p-" + i)) {
        publisher.send(burst(5, qos, topic, "x", 0, 200)).readAll(200);
        expectInOrder(subscriber, 200);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = {"MQTT-4.6.0-5", "MQTT-4.6.0-6"},
      v3 = {"MQTT-4.6.0-6"})
  void whatWaitedComesBeforeWhatIsPublishedAfterTheReturn(int version) {
    for (int i = 0; i < 4; i++) {
      String id = "waits-%d-%d".formatted(version, i);
      try (RawClient client = resumed(SERVER.port(), version, id)) {
        client.send(subscribe(version, id, 1)).expectType(WirePacket.SUBACK);
        client.leave();
      }
      try (RawClient publisher = RawClient.connected(SERVER.port(), version, "p-" + i)) {
        publisher.send(burst(version, 1, id, "x", 0, 100)).readAll(100);
        try (RawClient client = resumed(SERVER.port(), version, "21 0002", id)) {
          publisher.send(burst(version, 1, id, "x", 100, 200)).readAll(100);
          expectInOrder(client, 200);
        }
      }
    }
  }

  /// Where messages of QoS 0 wait for a client that is away, later ones wait behind them.
  @Test
  @Statement({"MQTT-4.6.0-5", "MQTT-4.6.0-6"})
  void messagesOfQosZeroDoNotOvertakeThoseThatWaited() {
    int port = SERVER.port("remembers");
    try (RawClient client = resumed(port, 5, "zeros")) {
      client.send(subscribe(5, "zeros/#", 1)).expectType(WirePacket.SUBACK);
      client.leave();
    }
    try (RawClient publisher = RawClient.connected(port, 5, "p")) {
      publisher.send(burst(5, 1, "zeros/one", "one", 0, 2)).readAll(2);
      publisher.send(burst(5, 0, "zeros/zero", "zero", 0, 2)).expectNothing();
      try (RawClient client = resumed(port, 5, "21 0001", "zeros")) {
        publisher.send(burst(5, 0, "zeros/zero", "zero", 2, 4)).expectNothing();
        expectInOrder(client, 6);
        publisher.send(publish(5, 0, "zeros/zero", 0, "zero 4"));
        client.expect(publish(5, 0, "zeros/zero", 0, "zero 4"));
      }
    }
  }
}
