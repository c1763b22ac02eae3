package dev.midge.observe;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.packet.Message;
import dev.midge.packet.Properties;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicName;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// What the server says of itself under `$SYS/broker`: Mosquitto's topics, with Mosquitto's
/// meanings, in both spellings where it has two. All are retained, and published again only when
/// they have changed. Of QoS 0, so that they do not fill the queues of clients that are away. One
/// call at a time.
public final class SysTopics {
  private static final String ROOT = "$SYS/broker/";

  /// What is counted of loads, by the middle of its topic.
  private static final Map<String, ToLongFunction<Reading>> LOADS =
      Map.of(
          "messages/received", Reading::packetsReceived,
          "messages/sent", Reading::packetsSent,
          "publish/received", Reading::publishesReceived,
          "publish/sent", Reading::publishesSent,
          "publish/dropped", Reading::publishesDropped,
          "bytes/received", Reading::bytesReceived,
          "bytes/sent", Reading::bytesSent,
          "sockets", Reading::sockets,
          "connections", Reading::connects);

  private final String version;
  private final Supplier<Reading> readings;
  private final LongSupplier nanoClock;
  private final Consumer<Message> publisher;
  private final Map<String, String> told = new HashMap<>();
  private final Map<String, LoadAverage> loads = new HashMap<>();
  private long lastNanos;
  private long connectedMax;
  private long heapBytesMax;

  /// Has nothing said yet.
  ///
  /// @param version the version of this program
  /// @param readings what there is to say
  /// @param nanoClock the time, in nanoseconds since some moment
  /// @param publisher takes what is said
  public SysTopics(
      String version,
      Supplier<Reading> readings,
      LongSupplier nanoClock,
      Consumer<Message> publisher) {
    this.version = version;
    this.readings = readings;
    this.nanoClock = nanoClock;
    this.publisher = publisher;
    this.lastNanos = nanoClock.getAsLong();
    LOADS.keySet().forEach(name -> loads.put(name, new LoadAverage()));
  }

  /// Publishes what has changed since the last time; the first time, everything.
  public synchronized void publish() {
    Reading now = readings.get();
    connectedMax = Math.max(connectedMax, now.connected());
    heapBytesMax = Math.max(heapBytesMax, now.heapBytes());
    noteLoads(now);
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("version", "Midge version " + version);
    texts.put("uptime", now.uptimeSeconds() + " seconds");
    addFigures(now, texts);
    addLoads(texts);
    texts.forEach((name, text) -> {
      if (!text.equals(told.put(name, text))) {
        publisher.accept(message(ROOT + name, text));
      }
    });
  }

  private void noteLoads(Reading now) {
    long nowNanos = nanoClock.getAsLong();
    double seconds = (nowNanos - lastNanos) / 1e9;
    if (seconds > 0) {
      lastNanos = nowNanos;
      LOADS.forEach((name, count) ->
          loads
              .computeIfAbsent(name, _ -> new LoadAverage())
              .note(count.applyAsLong(now), seconds));
    }
  }

  private void addFigures(Reading now, Map<String, String> texts) {
    add(texts, now.connected(), "clients/connected", "clients/active");
    add(
        texts,
        Math.max(0, now.sessions() - now.connected()),
        "clients/disconnected",
        "clients/inactive");
    add(texts, connectedMax, "clients/maximum");
    add(texts, now.sessions(), "clients/total");
    add(texts, now.expired(), "clients/expired");
    add(texts, now.packetsReceived(), "messages/received");
    add(texts, now.packetsSent(), "messages/sent");
    add(texts, now.inflight(), "messages/inflight");
    add(
        texts,
        now.retained() + now.queued() + now.inflight(),
        "store/messages/count",
        "messages/stored");
    add(texts, now.storedBytes(), "store/messages/bytes");
    add(texts, now.publishesReceived(), "publish/messages/received");
    add(texts, now.publishesSent(), "publish/messages/sent");
    add(texts, now.publishesDropped(), "publish/messages/dropped");
    add(texts, now.payloadReceivedBytes(), "publish/bytes/received");
    add(texts, now.payloadSentBytes(), "publish/bytes/sent");
    add(texts, now.bytesReceived(), "bytes/received");
    add(texts, now.bytesSent(), "bytes/sent");
    add(texts, now.subscriptions(), "subscriptions/count");
    add(texts, now.sharedSubscriptions(), "shared_subscriptions/count");
    add(texts, now.retained(), "retained messages/count");
    add(texts, now.heapBytes(), "heap/current", "heap/current size");
    add(texts, heapBytesMax, "heap/maximum", "heap/maximum size");
  }

  private void addLoads(Map<String, String> texts) {
    loads.forEach((name, load) -> {
      for (int i = 0; i < LoadAverage.MINUTES.size(); i++) {
        texts.put(
            "load/" + name + "/" + LoadAverage.MINUTES.get(i) + "min",
            String.format(Locale.ROOT, "%.2f", load.perMinute(i)));
      }
    });
  }

  private static void add(Map<String, String> texts, long figure, String... names) {
    for (String name : names) {
      texts.put(name, Long.toString(figure));
    }
  }

  private static Message message(String topic, String text) {
    return new Message(
        TopicName.of(topic),
        text.getBytes(UTF_8),
        QoS.AT_MOST_ONCE,
        true,
        Properties.NONE,
        Message.NEVER,
        "");
  }
}
