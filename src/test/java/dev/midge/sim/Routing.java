package dev.midge.sim;

import dev.midge.packet.QoS;
import dev.midge.packet.TopicName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One way of a message through the server: from one PUBLISH that the server has read, or from one
/// will, to all who subscribed at that moment.
final class Routing {
  /// The message for one session, by its subscriptions that are not shared.
  static final class Target {
    final QoS qos;
    final boolean retain;
    final int[] ids;

    /// The number under which the store knows the session, or 0.
    long keptAs;

    boolean uncertain;
    boolean accepted;
    boolean tooLong;
    boolean got;

    Target(QoS qos, boolean retain, int[] ids) {
      this.qos = qos;
      this.retain = retain;
      this.ids = ids;
    }
  }

  /// The message for one group.
  static final class GroupTarget {
    /// Who has it now, or may have left it to others.
    final List<OracleSession.Sent> taken = new ArrayList<>();

    boolean excused;

    /// Whether the store knows a member.
    boolean hasKept;

    boolean isFree() {
      return taken.stream().allMatch(sent -> sent.mayPass);
    }
  }

  private final int number;
  private final String publisherId;
  private final TopicName topic;
  private final byte[] payload;
  private final QoS qos;
  private final boolean retain;
  private final long expirySeconds;

  /// Its place in the order of all, or 0 as long as the server has not seen it.
  long order;

  long routedMillis;

  /// Whether a failure may have kept it from everybody.
  boolean uncertain;

  /// Whether it came through a listener that keeps what is retained.
  boolean isKept;

  /// Whether a crash may have torn it: that it came is committed on the loop of its publisher,
  /// where it went perhaps not on others.
  boolean isTorn;

  /// What was retained for its topic before, if it is retained.
  @Nullable Routing replaced;

  /// Whether it was not known what was retained for its topic before.
  boolean endsUncertainty;

  /// Whether its publisher was told that it has arrived.
  boolean isAcknowledged;

  final Map<OracleSession, Target> targets = new LinkedHashMap<>();
  final Map<String, GroupTarget> groups = new LinkedHashMap<>();

  /// Who was ever sent it on behalf of a group.
  final Set<OracleSession.Sent> takenEver = new LinkedHashSet<>();

  /// @param number that of the message; it has several ways when its publisher sends it again
  Routing(
      int number,
      String publisherId,
      TopicName topic,
      byte[] payload,
      QoS qos,
      boolean retain,
      long expirySeconds) {
    this.number = number;
    this.publisherId = publisherId;
    this.topic = topic;
    this.payload = payload;
    this.qos = qos;
    this.retain = retain;
    this.expirySeconds = expirySeconds;
  }

  int number() {
    return number;
  }

  String publisherId() {
    return publisherId;
  }

  TopicName topic() {
    return topic;
  }

  /// By its identity one knows the routing again.
  byte[] payload() {
    return payload;
  }

  QoS qos() {
    return qos;
  }

  boolean retain() {
    return retain;
  }

  long expirySeconds() {
    return expirySeconds;
  }

  boolean expires() {
    return expirySeconds >= 0;
  }

  boolean isExpired(long nowMillis) {
    return expires() && routedMillis + expirySeconds * 1000 <= nowMillis;
  }

  @Override
  public String toString() {
    return "message %d (way %d) of %s to %s".formatted(number, order, publisherId, topic);
  }
}
