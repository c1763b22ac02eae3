package dev.midge;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/// Makes being told to stop a good end.
///
/// By itself, a JVM that gets SIGTERM or SIGINT runs its shutdown hooks and ends with status 143 or
/// 130, whatever its main thread is doing. Here a hook holds it until the main thread has closed
/// all that it opened, and then ends it with the status that the main thread returned.
final class UntilStopped {

  private static final int PATIENCE_SECONDS = 5;

  private UntilStopped() {}

  /// Runs the work of the process. Once, on the main thread.
  ///
  /// @param work returns the exit status, when it has failed or the process is told to stop
  static int run(IntSupplier work) {
    AtomicBoolean isTold = new AtomicBoolean();
    AtomicInteger status = new AtomicInteger(1);
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              isTold.set(true);
              awaitPatiently(ended);
              Runtime.getRuntime().halt(status.get());
            },
            "until-stopped");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      status.set(work.getAsInt());
    } catch (IllegalStateException e) {
      // What cannot start because the process is being stopped has been stopped.
      if (!isTold.get()) {
        throw e;
      }
      status.set(0);
    } finally {
      ended.countDown();
    }
    return status.get();
  }

  private static void awaitPatiently(CountDownLatch ended) {
    try {
      var _ = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
