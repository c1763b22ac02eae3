package dev.midge.broker;

import dev.midge.packet.Packet;
import dev.midge.packet.Packet.Puback;
import dev.midge.packet.Packet.Pubrec;
import dev.midge.packet.Packet.Suback;
import dev.midge.packet.QoS;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What one client is answered, in its order, each answer not before what it promises is kept:
/// acknowledgements to a publisher, and the steps of QoS 2 to a subscriber. [MQTT-4.6.0-2] Loop
/// thread only.
final class Answers {
  private enum Kind {
    /// Nothing hangs on it.
    OTHER,
    /// The last packet of the delivery of a message that the client has published.
    LAST_TO_PUBLISHER,
    SUBACK,
    /// A message to the client.
    MESSAGE,
    /// One that is lost with the connection.
    MESSAGE_AT_MOST_ONCE
  }

  private record Held(Kind kind, @Nullable Receipt receipt, Runnable answer) {}

  private final Connection connection;
  private final Runnable release = this::release;

  /// Made with the first answer that has to wait: most clients never have one.
  private @Nullable ArrayDeque<Held> held;

  private int lastToPublisher;
  private int subacks;
  private int messages;
  private int messagesAtMostOnce;

  Answers(Connection connection) {
    this.connection = connection;
  }

  /// How many wait.
  int count() {
    return held == null ? 0 : held.size();
  }

  /// How many of them end the delivery of a message that the client has published: until they are
  /// sent, it counts as under way.
  int lastToPublisher() {
    return lastToPublisher;
  }

  /// Sends a packet when the receipt is complete and all that was to be sent before is.
  ///
  /// @param receipt what it has to wait for, or null
  void send(Packet packet, @Nullable Receipt receipt) {
    if (receipt == null && held == null) {
      connection.send(packet);
    } else {
      hold(new Held(kind(packet), receipt, () -> connection.send(packet)));
    }
  }

  private static Kind kind(Packet packet) {
    return switch (packet) {
      case Puback _ -> Kind.LAST_TO_PUBLISHER;
      case Pubrec pubrec when pubrec.reason().isError() -> Kind.LAST_TO_PUBLISHER;
      case Suback _ -> Kind.SUBACK;
      default -> Kind.OTHER;
    };
  }

  /// Sends a message to the client when all that was to be sent before is.
  void holdMessage(QoS qos, Runnable message) {
    Kind kind = qos == QoS.AT_MOST_ONCE ? Kind.MESSAGE_AT_MOST_ONCE : Kind.MESSAGE;
    hold(new Held(kind, null, message));
  }

  /// Whether messages have to wait: behind SUBACK, because clients expect it before them although
  /// they might come first (3.8.4), and behind each other.
  boolean holdsMessages() {
    return subacks + messages > 0;
  }

  /// Whether a SUBACK waits, and with it the retained messages that it brings.
  boolean holdsSuback() {
    return subacks > 0;
  }

  /// Does something when the receipt is complete and all that was to be done before is, unless the
  /// connection has ended by then. A client that is answered too slowly is not read.
  void hold(@Nullable Receipt receipt, Runnable answer) {
    hold(new Held(Kind.OTHER, receipt, answer));
  }

  /// Sends nothing more before the receipt is complete.
  ///
  /// @param receipt what has to be waited for, or null
  void holdUntil(@Nullable Receipt receipt) {
    if (receipt != null && !receipt.isComplete()) {
      hold(receipt, () -> {});
    }
  }

  private void hold(Held answer) {
    if (held == null) {
      held = new ArrayDeque<>();
    }
    held.add(answer);
    count(answer.kind, 1);
    if (answer.receipt != null) {
      answer.receipt.whenComplete(release);
    }
    if (connection.loop().log().isBehind()) {
      connection.gate().close(ReadGate.Reason.STORE);
    }
  }

  /// Forgets all: the connection has ended.
  void clear() {
    connection.loop().tally().drop(Drop.OFFLINE, messagesAtMostOnce);
    held = null;
    lastToPublisher = 0;
    subacks = 0;
    messages = 0;
    messagesAtMostOnce = 0;
  }

  private void count(Kind kind, int sign) {
    switch (kind) {
      case OTHER -> {}
      case LAST_TO_PUBLISHER -> lastToPublisher += sign;
      case SUBACK -> subacks += sign;
      case MESSAGE -> messages += sign;
      case MESSAGE_AT_MOST_ONCE -> {
        messages += sign;
        messagesAtMostOnce += sign;
      }
    }
  }

  private void release() {
    if (connection.isClosed()) {
      return;
    }
    try {
      giveWhatIsDue();
      if (held == null || !connection.loop().log().isBehind()) {
        connection.gate().open(ReadGate.Reason.STORE);
      }
    } catch (RuntimeException failure) {
      connection.failed("answer", failure);
    }
  }

  private void giveWhatIsDue() {
    while (held != null) {
      Held first = held.element();
      if (first.receipt != null && !first.receipt.isComplete()) {
        return;
      }
      if (first.receipt != null && first.receipt.hasFailed()) {
        throw new IllegalStateException("what was to be acknowledged is not kept");
      }
      held.remove();
      count(first.kind, -1);
      if (held.isEmpty()) {
        held = null;
      }
      first.answer.run();
    }
  }
}
