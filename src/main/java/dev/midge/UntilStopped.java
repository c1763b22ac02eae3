package dev.midge;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Makes being told to stop a good end.
///
/// By itself, a JVM that gets SIGTERM or SIGINT runs its shutdown hooks and ends with status 143 or
/// 130, whatever its main thread is doing. Here a hook holds it until the main thread has closed
/// all that it opened, and then ends it with status 0. A start that is told to stop gives up at its
/// next step; one whose step does not end is ended all the same, as nothing is lost by that.
final class UntilStopped {

  private static final int PATIENCE_SECONDS = 5;
  private static final int START_PATIENCE_SECONDS = 2;

  private final AtomicBoolean isTold = new AtomicBoolean();
  private final AtomicBoolean isStarted = new AtomicBoolean();
  private final AtomicInteger status = new AtomicInteger(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  private UntilStopped() {}

  /// Thrown by a start that gives up because the process is to stop.
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /// Does the work of the process: once, on the main thread.
  ///
  /// @param work returns when the process is told to stop, and throws when it has failed
  static void run(Consumer<UntilStopped> work) {
    UntilStopped process = new UntilStopped();
    Runtime.getRuntime().addShutdownHook(new Thread(process::end, "until-stopped"));
    try {
      work.accept(process);
      process.status.set(0);
    } catch (RuntimeException e) {
      if (!process.isTold.get()) {
        throw e;
      }
      process.status.set(0); // What could not start because the process is to stop has stopped.
    } finally {
      process.ended.countDown();
    }
  }

  /// Goes on with the start, or throws if the process has been told to stop meanwhile. For each
  /// step of a start.
  void goOn() {
    if (isTold.get()) {
      throw new Stopped();
    }
  }

  /// The start is over: from now on there is something to close.
  void started() {
    goOn();
    isStarted.set(true);
  }

  private void end() {
    if (ended.getCount() == 0) {
      return; // It ends by itself, with a status of its own.
    }
    isTold.set(true);
    if (!isStarted.get() && !hasEnded(START_PATIENCE_SECONDS) && !isStarted.get()) {
      Runtime.getRuntime().halt(0);
    }
    var _ = hasEnded(PATIENCE_SECONDS);
    Runtime.getRuntime().halt(status.get());
  }

  private boolean hasEnded(int seconds) {
    try {
      return ended.await(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
