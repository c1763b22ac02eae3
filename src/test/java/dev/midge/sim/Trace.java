package dev.midge.sim;

import dev.midge.packet.Packet;
import dev.midge.packet.Packet.Connect;
import dev.midge.packet.Packet.Publish;
import dev.midge.packet.Properties;
import dev.midge.packet.Property;
import java.util.ArrayDeque;

/// What happened in a run: the last events as text, and a fingerprint of them all, by which two
/// runs are known to be the same.
final class Trace {
  private static final int LINES_MAX = Integer.getInteger("midge.sim.trace", 120);

  private final ArrayDeque<String> lines = new ArrayDeque<>();
  private long fingerprint = 0xcbf29ce484222325L;

  /// Notes an event.
  void add(String event) {
    for (int i = 0; i < event.length(); i++) {
      fingerprint = (fingerprint ^ event.charAt(i)) * 0x100000001b3L;
    }
    if (lines.size() == LINES_MAX) {
      lines.removeFirst();
    }
    lines.addLast(event);
  }

  /// A packet in words that are the same in each run.
  static String words(Packet packet) {
    return switch (packet) {
      case Connect connect ->
          "CONNECT of %s, %s, clean %s, keep alive %d, %s, %s"
              .formatted(
                  connect.clientId(),
                  connect.version(),
                  connect.cleanStart(),
                  connect.keepAliveSeconds(),
                  connect.will() == null ? "no will" : "will to " + connect.will().topic(),
                  numbers(connect.properties()));
      case Publish publish ->
          "PUBLISH %s id %d%s%s %s"
              .formatted(
                  publish.qos(),
                  publish.packetId(),
                  publish.duplicate() ? " dup" : "",
                  publish.retain() ? " retain" : "",
                  publish.topic());
      default -> packet.toString();
    };
  }

  private static String numbers(Properties properties) {
    return "expiry %d, receive maximum %d, packet size %d"
        .formatted(
            properties.number(Property.SESSION_EXPIRY_INTERVAL, 0),
            properties.number(Property.RECEIVE_MAXIMUM, 0),
            properties.number(Property.MAXIMUM_PACKET_SIZE, 0));
  }

  /// A number that two runs share only when all their events are the same.
  long fingerprint() {
    return fingerprint;
  }

  /// The last events, one a line.
  String tail() {
    return String.join("\n", lines);
  }
}
