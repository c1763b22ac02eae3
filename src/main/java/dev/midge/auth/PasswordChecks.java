package dev.midge.auth;

import dev.midge.broker.Verdict;
import dev.midge.packet.ReasonCode;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Where proofs are checked: what takes milliseconds on purpose must not hold up an event loop, and
/// must not take all processors when strangers guess. A few threads, and a short queue; who finds
/// it full is told to come again. Any thread.
final class PasswordChecks implements AutoCloseable {
  private static final int QUEUED_MAX = 64;
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor threads;

  PasswordChecks(int threadCount) {
    this.threads =
        new ThreadPoolExecutor(
            threadCount,
            threadCount,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUED_MAX),
            Thread.ofPlatform().daemon().name("password-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /// Does a check, now or later. One that fails lets nobody in.
  CompletionStage<Verdict> submit(Supplier<Verdict> check) {
    try {
      return CompletableFuture.supplyAsync(check, threads);
    } catch (RejectedExecutionException full) {
      return CompletableFuture.completedFuture(
          new Verdict.Refused(ReasonCode.SERVER_BUSY, "too many passwords wait to be checked"));
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
