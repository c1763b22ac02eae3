package dev.midge.broker;

/// An event loop: one thread that does one thing after the other. A port.
public interface Loop {
  /// Does the task on the loop's thread: at the end of its present turn when called from that
  /// thread, soon when called from another. The time that a task from another loop sees is not
  /// before the one at which it was handed over. Any thread.
  void execute(Runnable task);

  /// Does the task on the loop's thread after whatever else is ready had its turn: for going on
  /// with what took long enough for now. Loop thread only.
  void executeLater(Runnable task);

  /// The time in milliseconds since the epoch; it may be that of the last turn, and never goes
  /// back. Any thread.
  long nowMillis();

  /// The time to the nanosecond, since some moment, for measuring how long something takes. Reading
  /// it costs more than [#nowMillis], unless the loop knows it no better. Loop thread only.
  default long readNanos() {
    return nowMillis() * 1_000_000;
  }

  /// The bytes that all connections of this loop wait to send. Loop thread only.
  long outboundBytes();
}
