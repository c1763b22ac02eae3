package dev.midge.observe;

import dev.midge.broker.Broker;
import dev.midge.broker.Lane;
import dev.midge.packet.PacketType;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.ReasonCode;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What is counted by listener and version, as metrics. What has never happened has no line: of all
/// that could, most never does.
final class LaneMetrics implements MultiCollector {
  private final Broker broker;

  LaneMetrics(Broker broker) {
    this.broker = broker;
  }

  @Override
  public MetricSnapshots collect() {
    GaugeSnapshot.Builder clients =
        GaugeSnapshot.builder()
            .name("midge_listener_clients")
            .help("Connected clients by listener and version");
    CounterSnapshot.Builder connects =
        CounterSnapshot.builder()
            .name("midge_listener_connects")
            .help("Connections by what became of their CONNECT: accepted, or why not");
    CounterSnapshot.Builder packets =
        CounterSnapshot.builder()
            .name("midge_listener_packets")
            .help("Packets by type and direction");
    CounterSnapshot.Builder bytes =
        CounterSnapshot.builder()
            .name("midge_listener_bytes")
            .help("Bytes of packets by direction, without what carries MQTT");
    broker
        .lanes()
        .forEach((key, lane) -> {
          Labels whose = Labels.of("listener", key.listener(), "version", version(key.version()));
          if (key.version() != null) {
            clients.dataPoint(
                GaugeDataPointSnapshot.builder()
                    .labels(whose)
                    .value((double) lane.connected())
                    .build());
          }
          addConnects(connects, whose, lane);
          for (PacketType type : PacketType.values()) {
            Labels typed = whose.merge(Labels.of("type", lower(type.name())));
            add(packets, typed, "direction", "received", lane.received(type));
            add(packets, typed, "direction", "sent", lane.sent(type));
          }
          add(bytes, whose, "direction", "received", lane.receivedBytes());
          add(bytes, whose, "direction", "sent", lane.sentBytes());
        });
    return new MetricSnapshots(clients.build(), connects.build(), packets.build(), bytes.build());
  }

  private static void addConnects(CounterSnapshot.Builder connects, Labels whose, Lane lane) {
    add(connects, whose, "outcome", "accepted", lane.accepted());
    for (ReasonCode reason : ReasonCode.values()) {
      add(connects, whose, "outcome", lower(reason.name()), lane.refused(reason));
    }
  }

  private static void add(
      CounterSnapshot.Builder counters, Labels whose, String name, String value, long count) {
    if (count > 0) {
      counters.dataPoint(
          CounterDataPointSnapshot.builder()
              .labels(whose.merge(Labels.of(name, value)))
              .value((double) count)
              .build());
    }
  }

  /// What is said of clients that never said their version is `none`.
  private static String version(@Nullable ProtocolVersion version) {
    return switch (version) {
      case MQTT_3_1 -> "3.1";
      case MQTT_3_1_1 -> "3.1.1";
      case MQTT_5 -> "5.0";
      case null -> "none";
    };
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
