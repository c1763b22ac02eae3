package dev.midge.broker;

import dev.midge.packet.Packet;
import dev.midge.packet.Packet.Suback;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What one client is answered, in its order, each answer not before what it promises is kept:
/// acknowledgements to a publisher, and the steps of QoS 2 to a subscriber. [MQTT-4.6.0-2] Loop
/// thread only.
final class Answers {
  private record Held(@Nullable Receipt receipt, Runnable answer) {}

  private final Connection connection;
  private final Runnable release = this::release;

  private int subacks;

  /// Made with the first answer that has to wait: most clients never have one.
  private @Nullable ArrayDeque<Held> held;

  Answers(Connection connection) {
    this.connection = connection;
  }

  /// How many wait.
  int count() {
    return held == null ? 0 : held.size();
  }

  /// Sends a packet when the receipt is complete and all that was to be sent before is.
  ///
  /// @param receipt what it has to wait for, or null
  void send(Packet packet, @Nullable Receipt receipt) {
    if (receipt == null && held == null) {
      connection.send(packet);
    } else {
      hold(receipt, () -> connection.send(packet));
    }
  }

  /// Sends SUBACK like [#send]. Messages wait behind it: clients expect it before them, although
  /// they might come first (3.8.4).
  void sendSuback(Suback suback, @Nullable Receipt receipt) {
    if (receipt == null && held == null) {
      connection.send(suback);
      return;
    }
    subacks++;
    hold(
        receipt,
        () -> {
          subacks--;
          connection.send(suback);
        });
  }

  /// Whether messages have to wait behind a SUBACK.
  boolean holdsSuback() {
    return subacks > 0;
  }

  /// Does something when the receipt is complete and all that was to be done before is, unless the
  /// connection has ended by then. A client that is answered too slowly is not read.
  void hold(@Nullable Receipt receipt, Runnable answer) {
    if (held == null) {
      held = new ArrayDeque<>();
    }
    held.add(new Held(receipt, answer));
    if (receipt != null) {
      receipt.whenComplete(release);
    }
    if (connection.loop().log().isBehind()) {
      connection.gate().close(ReadGate.Reason.STORE);
    }
  }

  /// Forgets all: the connection has ended.
  void clear() {
    held = null;
    subacks = 0;
  }

  private void release() {
    if (connection.isClosed()) {
      return;
    }
    try {
      giveWhatIsDue();
    } catch (RuntimeException failure) {
      connection.failed("answer", failure);
    }
    if (held == null || !connection.loop().log().isBehind()) {
      connection.gate().open(ReadGate.Reason.STORE);
    }
  }

  private void giveWhatIsDue() {
    while (held != null) {
      Held first = held.element();
      if (first.receipt != null && !first.receipt.isComplete()) {
        return;
      }
      held.remove();
      if (held.isEmpty()) {
        held = null;
      }
      first.answer.run();
    }
  }
}
