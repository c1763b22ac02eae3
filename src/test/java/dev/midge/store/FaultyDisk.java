package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/// A disk that fails when a test says so, and is as full as it says. Any thread.
final class FaultyDisk implements Disk {
  static final long TOTAL_BYTES = 100L << 30;

  /// Which steps fail; null when none does.
  private volatile @Nullable Predicate<Step> fails;

  private volatile CountDownLatch failures = new CountDownLatch(0);
  private volatile long freeBytes = TOTAL_BYTES;
  private volatile @Nullable Path folder;

  /// From now on steps of which this is true fail.
  ///
  /// @param count how many failures [#awaitFailures] waits for
  void failWhen(Predicate<Step> condition, int count) {
    failures = new CountDownLatch(count);
    fails = condition;
  }

  /// It is well again.
  void heal() {
    fails = null;
  }

  /// Whether it has not healed since a test said when it fails.
  boolean isFailing() {
    return fails != null;
  }

  void awaitFailures() throws InterruptedException {
    assertThat(failures.await(20, TimeUnit.SECONDS)).as("failures").isTrue();
  }

  void freeBytes(long bytes) {
    freeBytes = bytes;
  }

  @Override
  public long totalBytes() {
    return TOTAL_BYTES;
  }

  @Override
  public long freeBytes() {
    return freeBytes;
  }

  @Override
  public long usedBytes() throws IOException {
    Path measured = folder;
    return measured == null ? 0 : Disk.size(measured);
  }

  /// From now on what is in this folder counts as used.
  void measure(Path used) {
    folder = used;
  }

  @Override
  public void begin(Step step) throws RocksDBException {
    Predicate<Step> condition = fails;
    if (condition != null && condition.test(step)) {
      failures.countDown();
      throw new RocksDBException("made to fail: " + step);
    }
  }
}
