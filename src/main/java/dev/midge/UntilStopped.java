package dev.midge;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Makes being told to stop a good end.
///
/// By itself, a JVM that gets SIGTERM or SIGINT runs its shutdown hooks and ends with status 143 or
/// 130, whatever its main thread is doing. Here a hook holds it until the main thread has closed
/// all that it opened, and then ends it with status 0.
final class UntilStopped {

  private static final int PATIENCE_SECONDS = 5;

  private UntilStopped() {}

  /// Does the work of the process: once, on the main thread.
  ///
  /// @param work returns when the process is told to stop, and throws when it has failed
  static void run(Runnable work) {
    AtomicBoolean isTold = new AtomicBoolean();
    AtomicInteger status = new AtomicInteger(1);
    CountDownLatch ended = new CountDownLatch(1);
    Runnable end =
        () -> {
          isTold.set(true);
          awaitPatiently(ended);
          Runtime.getRuntime().halt(status.get());
        };
    Runtime.getRuntime().addShutdownHook(new Thread(end, "until-stopped"));
    try {
      work.run();
      status.set(0);
    } catch (RuntimeException e) {
      if (!isTold.get()) {
        throw e;
      }
      status.set(0); // What could not start because the process is to stop has stopped.
    } finally {
      ended.countDown();
    }
  }

  private static void awaitPatiently(CountDownLatch ended) {
    try {
      var _ = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
