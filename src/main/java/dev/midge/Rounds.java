package dev.midge;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/// A thread on which the server does what is due every few seconds: it reads its counters, and
/// publishes. What fails is told, and done again the next time.
final class Rounds implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger("dev.midge.server");

  private final ScheduledExecutorService thread;

  /// @param name that of the thread
  Rounds(String name) {
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(name).factory());
  }

  /// Does the task at once, and then every so many seconds.
  ///
  /// @param name what it does, in words
  void every(int seconds, String name, Runnable task) {
    everyAfter(0, seconds, name, task);
  }

  /// The same, for the first time after so many seconds.
  void everyAfter(int firstSeconds, int seconds, String name, Runnable task) {
    var _ =
        thread.scheduleAtFixedRate(
            () -> attempt(name, task), firstSeconds, seconds, TimeUnit.SECONDS);
  }

  private void attempt(String name, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      if (!thread.isShutdown()) { // What was interrupted has not failed.
        LOG.errorf(e, "could not %s; it is tried again", name);
      }
    }
  }

  /// Does nothing more. Returns when what was under way has ended, which it is told to.
  @Override
  public void close() {
    thread.shutdownNow();
    thread.close();
  }
}
