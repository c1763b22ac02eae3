package dev.midge.client;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Makes Ctrl+C and SIGTERM a good end: the command is told, and the process lives on until the
/// command has said goodbye to the server, for a few seconds at most.
final class Interruption {

  private static final int PATIENCE_SECONDS = 5;

  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicInteger status = new AtomicInteger(1);
  private final Thread hook;

  /// Begins to watch.
  ///
  /// @param onTold runs on a thread of its own when the process is told to end
  Interruption(Runnable onTold) {
    hook = new Thread(() -> end(onTold), "interruption");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /// The command has ended: lets the process end, with this status if it was told to.
  void ended(int commandStatus) {
    status.set(commandStatus);
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // The hook runs already, and ends the process.
    }
  }

  private void end(Runnable onTold) {
    onTold.run();
    try {
      var _ = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(status.get());
  }
}
