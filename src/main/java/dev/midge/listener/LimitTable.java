package dev.midge.listener;

import dev.midge.broker.Ceilings;
import dev.midge.limit.TrafficRates;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// All limits that this server keeps, by the keys of its configuration, as text: what the site
/// tells of them is what holds.
///
/// @param addresses what one address may have of the whole server
/// @param server what all may have together
/// @param listeners what each listener offers to one client, by its name
public record LimitTable(
    Map<String, String> addresses,
    Map<String, String> server,
    Map<String, Map<String, String>> listeners) {
  private static final String NONE = "none";

  /// What is no limit of a listener, or says nothing to clients.
  private static final Set<String> NOT_TOLD = Set.of("listener", "policy");

  /// Those of a configuration.
  public static LimitTable of(LoadedListeners loaded) {
    Map<String, String> addresses = values(loaded.addresses());
    addresses.replaceAll((_, value) -> value.equals("0") ? NONE : value);
    Map<String, String> server = new LinkedHashMap<>();
    server.put("connections_max", Integer.toString(loaded.connectionsMax()));
    server.putAll(values(loaded.serverLimits()));
    server.put("inbound_bytes_max", Long.toString(loaded.inboundBytesMax()));
    long storeBytesMax = loaded.storeBytesMax();
    server.put("store_bytes_max", storeBytesMax == 0 ? "auto" : Long.toString(storeBytesMax));
    server.put("handshakes_max", Integer.toString(loaded.handshakes().max()));
    server.put("handshakes_per_address_max", Integer.toString(loaded.handshakes().perAddressMax()));
    server.put("handshakes", loaded.handshakes().begun().toString());
    server.put("bytes_out", loaded.bytesOut().toString());
    Map<String, Map<String, String>> listeners = new LinkedHashMap<>();
    for (ListenerSpec spec : loaded.listeners()) {
      Transport transport = spec.transport();
      Map<String, String> own = new LinkedHashMap<>();
      own.put("connections_max", Integer.toString(spec.connectionsMax()));
      if (transport == Transport.HTTP || transport == Transport.EVERYTHING) {
        values(spec.http())
            .forEach((key, value) ->
                own.put("http." + key + (key.equals("limits_local") ? "" : "_max"), value));
      }
      if (transport == Transport.HTTP) {
        listeners.put(spec.name(), own);
      } else if (transport != Transport.OPERATOR) {
        own.putAll(values(spec.limits()));
        own.putAll(values(spec.traffic()));
        own.put("slowed_seconds_max", Integer.toString(spec.slowedSecondsMax()));
        own.put(
            "control_frames_per_second_max", Integer.toString(spec.controlFramesPerSecondMax()));
        listeners.put(spec.name(), own);
      }
    }
    return new LimitTable(addresses, server, listeners);
  }

  private static Map<String, String> values(Record limits) {
    Map<String, String> values = new LinkedHashMap<>();
    for (RecordComponent component : limits.getClass().getRecordComponents()) {
      Object value = value(limits, component);
      if (value instanceof TrafficRates || value instanceof Ceilings) {
        values.putAll(values((Record) value));
      } else if (!NOT_TOLD.contains(component.getName())) {
        values.put(key(component.getName()), text(value));
      }
    }
    return values;
  }

  private static Object value(Record limits, RecordComponent component) {
    try {
      return component.getAccessor().invoke(limits);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A component as its key in YAML: `receiveMax` is `receive_max`.
  private static String key(String component) {
    return component.replaceAll("([A-Z0-9]+)", "_$1").toLowerCase(Locale.ROOT);
  }

  private static String text(Object value) {
    return value instanceof Set<?> set
        ? String.join(", ", set.stream().map(String::valueOf).sorted().toList())
        : value instanceof List<?> list
            ? String.join(", ", list.stream().map(String::valueOf).toList())
            : value instanceof Enum<?> word
                ? word.name().toLowerCase(Locale.ROOT).replace('_', ' ')
                : String.valueOf(value);
  }
}
