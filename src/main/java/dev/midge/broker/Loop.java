package dev.midge.broker;

/// An event loop: one thread that does one thing after the other. A port.
public interface Loop {
  /// Does the task on the loop's thread: at the end of its present turn when called from that
  /// thread, soon when called from another. Any thread.
  void execute(Runnable task);

  /// The time in milliseconds since the epoch; within one process it never goes back. Any thread.
  long nowMillis();

  /// The bytes that all connections of this loop wait to send. Loop thread only.
  long outboundBytes();
}
