package dev.midge.session;

import dev.midge.packet.Message;
import dev.midge.packet.QoS;
import dev.midge.topic.SharedGroup;
import org.jspecify.annotations.Nullable;

/// One sending of a message to one session: what differs between its receivers. Queued, then in
/// flight until it is acknowledged. Home loop only.
public final class Delivery {
  /// How far the acknowledgement of a delivery in flight has come (4.3).
  public enum State {
    /// Not yet sent.
    QUEUED,
    /// Sent; waits for PUBACK or PUBREC.
    PUBLISHED,
    /// PUBREC came; waits for PUBCOMP.
    RELEASED
  }

  private final Message message;
  private final QoS qos;
  private final boolean retain;
  private final int[] subscriptionIds;
  private final @Nullable SharedGroup group;

  private State state = State.QUEUED;
  private int packetId;
  private long order;
  private boolean inWindow;

  /// Under what a log keeps it, see there.
  private long sequence;

  private long messageNumber;

  /// A delivery that waits to be sent.
  ///
  /// @param retain the RETAIN flag to send
  /// @param group the group on whose behalf the session received it, or null
  public Delivery(
      Message message,
      QoS qos,
      boolean retain,
      int[] subscriptionIds,
      @Nullable SharedGroup group) {
    this.message = message;
    this.qos = qos;
    this.retain = retain;
    this.subscriptionIds = subscriptionIds;
    this.group = group;
  }

  /// What is delivered.
  public Message message() {
    return message;
  }

  /// The quality of service to deliver it with.
  public QoS qos() {
    return qos;
  }

  /// The RETAIN flag to send.
  public boolean retain() {
    return retain;
  }

  /// The subscription identifiers to send; callers must not change them.
  public int[] subscriptionIds() {
    return subscriptionIds;
  }

  /// The group on whose behalf the session received it, or null.
  public @Nullable SharedGroup group() {
    return group;
  }

  /// How far it has come.
  public State state() {
    return state;
  }

  /// Its packet identifier, 1 to 65,535 while in flight, 0 before.
  public int packetId() {
    return packetId;
  }

  /// Its place in the order in which its session accepted deliveries, from 1; 0 before.
  public long sequence() {
    return sequence;
  }

  /// The number under which a log keeps its message, or 0.
  public long messageNumber() {
    return messageNumber;
  }

  /// Notes under what a log keeps it.
  public void kept(long sequence, long messageNumber) {
    this.sequence = sequence;
    this.messageNumber = messageNumber;
  }

  /// Whether it counts as unacknowledged on the present connection, which sent it or its PUBREL.
  /// (4.9)
  public boolean isInWindow() {
    return inWindow;
  }

  /// Sets whether it counts as unacknowledged on the present connection.
  public void inWindow(boolean inWindow) {
    this.inWindow = inWindow;
  }

  /// Its place in the order of sending within its session.
  long order() {
    return order;
  }

  void order(long order) {
    this.order = order;
  }

  /// The packet identifier and state that it had before a log kept it.
  public void restore(int packetId, State state) {
    this.packetId = packetId;
    this.state = state;
  }

  void publish(int packetId, long order) {
    this.packetId = packetId;
    this.order = order;
    this.state = State.PUBLISHED;
  }

  void release() {
    this.state = State.RELEASED;
  }
}
