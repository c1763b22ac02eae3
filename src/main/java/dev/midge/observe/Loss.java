package dev.midge.observe;

import dev.midge.broker.Counter;
import dev.midge.broker.Drop;
import dev.midge.broker.Tally;
import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Why messages did not arrive and why clients were not let in, in as few kinds as a chart can
/// show. Each is the sum of some of what metrics tell by name.
public enum Loss {
  DROPPED_OFFLINE,
  DROPPED_QUEUE,
  DROPPED_SLOW,
  DROPPED_EXPIRED,
  DROPPED_SIZE,
  DROPPED_ACCESS,
  DROPPED_RETAINED,
  REFUSED_CONNECT,
  REFUSED_ADDRESS,
  REFUSED_BANNED,
  REFUSED_FULL,
  REFUSED_PROTOCOL,
  REFUSED_LATER;

  /// Whether messages are lost, and not clients.
  public boolean isOfMessages() {
    return compareTo(DROPPED_RETAINED) <= 0;
  }

  /// What its rate is called among [Vitals#NAMES].
  public String rateName() {
    return name().toLowerCase(Locale.ROOT) + "_rate";
  }

  /// How many there were since the start.
  long sum(Collection<Tally> tallies) {
    long sum = 0;
    for (Drop drop : Drop.values()) {
      sum += of(drop) == this ? Tally.sum(tallies, drop) : 0;
    }
    for (Counter counter : Counter.values()) {
      sum += of(counter) == this ? Tally.sum(tallies, counter) : 0;
    }
    return sum;
  }

  private static Loss of(Drop drop) {
    return switch (drop) {
      case OFFLINE, SESSION_ENDED -> DROPPED_OFFLINE;
      case QUEUE_MESSAGES, QUEUE_BYTES, ADDRESS_QUEUE_BYTES, SERVER_QUEUE_BYTES, STORE_FULL ->
          DROPPED_QUEUE;
      case OUTBOUND_BYTES, SERVER_OUTBOUND_BYTES -> DROPPED_SLOW;
      case EXPIRED -> DROPPED_EXPIRED;
      case PACKET_TOO_LARGE, TOPIC_TOO_LARGE -> DROPPED_SIZE;
      case RESERVED_TOPIC, NOT_AUTHORIZED, NOT_READABLE -> DROPPED_ACCESS;
      case RETAINED_MESSAGES, RETAINED_BYTES, RETAINED_TOO_LARGE, ADDRESS_RETAINED ->
          DROPPED_RETAINED;
    };
  }

  private static @Nullable Loss of(Counter counter) {
    return switch (counter) {
      case CONNECTS_REFUSED -> REFUSED_CONNECT;
      case CONNECTIONS_OVER_ADDRESS, CONNECTS_OVER_RATE, CONNECTS_AFTER_FAILURES -> REFUSED_ADDRESS;
      case CONNECTS_WHILE_BANNED, CONNECTIONS_BANNED -> REFUSED_BANNED;
      case CONNECTIONS_TURNED_AWAY, HANDSHAKES_TURNED_AWAY, HANDSHAKES_OVER_RATE -> REFUSED_FULL;
      case STRAYS_OF_HTTP,
          STRAYS_OF_TLS,
          STRAYS_OF_MQTT,
          STRAYS_OF_NOTHING_KNOWN,
          PROXY_HEADERS_BROKEN ->
          REFUSED_PROTOCOL;
      case CLIENTS_OVER_RATE,
          CLIENTS_OVER_INBOUND,
          CLIENTS_OVER_OUTBOUND,
          CLIENTS_SHED,
          WEBSOCKETS_OVER_RATE ->
          REFUSED_LATER;
      default -> null;
    };
  }
}
