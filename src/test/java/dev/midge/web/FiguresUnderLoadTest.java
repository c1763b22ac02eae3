package dev.midge.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What clients did, as `/q/metrics`, `/api/v1/statistics` and `$SYS` tell it.
class FiguresUnderLoadTest {
  private static final int PAIRS = 4;
  private static final int MESSAGES = 2_000;
  private static final long PAYLOAD = 20;

  @RegisterExtension static final TestServer SERVER = TestServer.local().shared("loops: 2");

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  /// A client that sends to itself with QoS 1, until all has come and is acknowledged.
  private static void exchange(RawClient client, int number) {
    client.send("82 ( 0001 \"load/%d\" 01 )".formatted(number)).expectType(WirePacket.SUBACK);
    String payload = "x".repeat((int) PAYLOAD);
    for (int i = 1; i <= MESSAGES; i++) {
      client.send("32 ( \"load/%d\" %04x '%s' )".formatted(number, i, payload));
      boolean isAcknowledged = false;
      boolean hasCome = false;
      while (!isAcknowledged || !hasCome) {
        WirePacket packet = client.read();
        if (packet.type() == WirePacket.PUBACK) {
          isAcknowledged = true;
        } else {
          assertThat(packet.text()).isEqualTo(payload);
          byte[] body = packet.body();
          int at = 2 + packet.topic().length();
          client.send("40 02 %02x%02x".formatted(body[at] & 0xff, body[at + 1] & 0xff));
          hasCome = true;
        }
      }
    }
    client.send("c0 00").expect("d0 00"); // What was sent before it was counted before it.
  }

  private static double number(String text, String pattern) {
    Matcher found = Pattern.compile(pattern + "([-0-9.E]+)").matcher(text);
    assertThat(found.find()).as(pattern).isTrue();
    return Double.parseDouble(found.group(1));
  }

  private static String packets(String type, String direction) {
    return "midge_listener_packets_total\\{direction=\"%s\",listener=\"plain\",type=\"%s\",version=\"3\\.1\\.1\"} "
        .formatted(direction, type);
  }

  @Test
  void allThreeTellWhatClientsDid() {
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < PAIRS; i++) {
      clients.add(RawClient.connected(SERVER.port(), 4, "pair" + i));
    }
    List<CompletableFuture<Void>> runs = new ArrayList<>();
    for (int i = 0; i < PAIRS; i++) {
      int number = i;
      runs.add(CompletableFuture.runAsync(() -> exchange(clients.get(number), number)));
    }
    runs.forEach(CompletableFuture::join);
    int all = PAIRS * MESSAGES;
    String metrics = visitor.text("/q/metrics");
    SERVER.server().lookAtItself();
    String statistics = visitor.text("/api/v1/statistics");
    SERVER.server().publishFigures();

    assertThat(number(metrics, packets("publish", "received"))).isEqualTo(all);
    assertThat(number(metrics, packets("publish", "sent"))).isEqualTo(all);
    assertThat(number(metrics, packets("puback", "received"))).isEqualTo(all);
    assertThat(number(metrics, packets("puback", "sent"))).isEqualTo(all);
    assertThat(number(metrics, "midge_messages_received_total ")).isEqualTo(all);
    assertThat(number(metrics, "midge_messages_inflight ")).isZero();
    assertThat(number(metrics, "midge_messages_queued ")).isZero();
    assertThat(number(metrics, "midge_sessions ")).isEqualTo(PAIRS);
    assertThat(number(metrics, "midge_subscriptions ")).isEqualTo(PAIRS);
    for (String name : List.of("messages_in", "messages_out")) {
      assertThat(number(statistics, "\"" + name + "\":")).isEqualTo(all);
    }
    assertThat(number(statistics, "\"packets_in\":")).isEqualTo(2 * all + 3 * PAIRS);
    assertThat(number(statistics, "\"packets_out\":")).isEqualTo(2 * all + 3 * PAIRS);
    assertThat(number(statistics, "\"connects\":")).isEqualTo(PAIRS);
    assertThat(number(statistics, "\"clients\":")).isEqualTo(PAIRS);
    assertThat(number(statistics, "\"bytes_in\":"))
        .isEqualTo(
            number(
                metrics,
                "midge_listener_bytes_total\\{direction=\"received\",listener=\"plain\","
                    + "version=\"3\\.1\\.1\"} "));
    RawClient watcher = RawClient.connected(SERVER.port(), 4, "watcher");
    assertThat(sys(watcher, "publish/messages/received")).isEqualTo(all);
    assertThat(sys(watcher, "publish/bytes/received")).isEqualTo(all * PAYLOAD);
    assertThat(sys(watcher, "publish/bytes/sent")).isEqualTo(all * PAYLOAD);
    assertThat(sys(watcher, "clients/connected")).isEqualTo(PAIRS);
    assertThat(sys(watcher, "subscriptions/count")).isEqualTo(PAIRS);
    watcher.leave();
    clients.forEach(RawClient::leave);
  }

  private static long sys(RawClient watcher, String name) {
    watcher.send("82 ( 0001 \"$SYS/broker/%s\" 00 )".formatted(name));
    WirePacket first = watcher.read();
    WirePacket second = watcher.read();
    WirePacket message = first.type() == WirePacket.PUBLISH ? first : second;
    return Long.parseLong(message.text());
  }
}
