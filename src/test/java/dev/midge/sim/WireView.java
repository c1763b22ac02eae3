package dev.midge.sim;

import dev.midge.packet.Packet;
import dev.midge.packet.Packet.Connect;
import dev.midge.packet.Packet.Disconnect;
import dev.midge.packet.TopicFilter;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the oracle has noted about one connection.
final class WireView {
  /// What the server has read of it.
  @Nullable Connect connect;

  @Nullable Disconnect goodbye;

  /// The answers to SUBSCRIBE and UNSUBSCRIBE that are to come.
  final ArrayDeque<Packet> answers = new ArrayDeque<>();

  /// The filters of the packets that they answer.
  final ArrayDeque<List<TopicFilter>> filters = new ArrayDeque<>();

  /// What the client has published with QoS 1 and 2 and has not been answered, by packet
  /// identifier.
  final Map<Integer, Routing> unanswered = new HashMap<>();

  /// Whether CONNECT was answered.
  boolean answered;

  /// The session, from CONNACK to the end of the connection.
  @Nullable OracleSession session;

  /// The same, kept.
  @Nullable OracleSession established;

  boolean closed;

  /// Whether something that waits for the client could not be read.
  boolean unreadable;

  long heardMillis;
  int keepAliveSeconds;

  /// How many QoS 1 and 2 messages the client takes at a time, and how many it has now.
  int receiveMax = 65_535;

  int unacknowledged;

  /// The place in the order of sending of the last message that was sent again.
  long resentOrder = -1;

  /// The filters of SUBSCRIBE and UNSUBSCRIBE that are not answered.
  Stream<TopicFilter> filtersUnderWay() {
    return filters.stream().flatMap(List::stream);
  }

  /// Whether its client asks for a new session, and has not been answered.
  boolean isStartingAnew(String clientId) {
    return connect != null
        && !answered
        && connect.cleanStart()
        && connect.clientId().equals(clientId);
  }
}
