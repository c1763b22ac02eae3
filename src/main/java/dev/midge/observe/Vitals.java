package dev.midge.observe;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The few figures that tell at a glance how the server is, sampled every few seconds: what there
/// is, and how fast what is counted grows. Any thread.
public final class Vitals {
  /// What the figures are called, in the order of a sample. Those that end in `_rate` are for a
  /// second.
  public static final List<String> NAMES =
      Stream.concat(
              Stream.of(
                  "clients",
                  "sessions",
                  "subscriptions",
                  "retained",
                  "queued",
                  "messages_in_rate",
                  "messages_out_rate",
                  "bytes_in_rate",
                  "bytes_out_rate",
                  "dropped_rate",
                  "refused_rate",
                  "cpu",
                  "memory_bytes",
                  "heap_bytes"),
              Arrays.stream(Loss.values()).map(Loss::rateName))
          .toList();

  private final Supplier<Reading> readings;
  private final LongSupplier nanoClock;
  private final OperatingSystemMXBean machine =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private Reading last;
  private long lastNanos;
  private @Nullable Sample latest;

  /// One sample.
  ///
  /// @param number how many there were, this one included
  /// @param reading what all of it was made of
  /// @param figures the figures, in the order of [#NAMES]
  public record Sample(long number, Reading reading, List<Double> figures) {}

  /// Begins to count.
  ///
  /// @param readings what there is
  /// @param nanoClock the time, in nanoseconds since some moment
  public Vitals(Supplier<Reading> readings, LongSupplier nanoClock) {
    this.readings = readings;
    this.nanoClock = nanoClock;
    this.last = readings.get();
    this.lastNanos = nanoClock.getAsLong();
  }

  /// Takes a sample, and gives it to all who wait for it.
  public synchronized Sample take() {
    Reading now = readings.get();
    long nowNanos = nanoClock.getAsLong();
    double seconds = Math.max(1e-3, (nowNanos - lastNanos) / 1e9);
    DoubleStream losses =
        Arrays.stream(Loss.values())
            .mapToDouble(loss -> (count(now, loss) - count(last, loss)) / seconds);
    List<Double> figures =
        DoubleStream.concat(
                DoubleStream.of(
                    (double) now.connected(),
                    (double) now.sessions(),
                    (double) now.subscriptions(),
                    (double) now.retained(),
                    (double) now.queued() + now.inflight(),
                    (now.publishesReceived() - last.publishesReceived()) / seconds,
                    (now.publishesSent() - last.publishesSent()) / seconds,
                    (now.bytesReceived() - last.bytesReceived()) / seconds,
                    (now.bytesSent() - last.bytesSent()) / seconds,
                    (now.publishesDropped() - last.publishesDropped()) / seconds,
                    (now.refused() - last.refused()) / seconds,
                    Math.max(0, machine.getProcessCpuLoad()),
                    (double) now.residentBytes(),
                    (double) now.heapBytes()),
                losses)
            .boxed()
            .toList();
    last = now;
    lastNanos = nowNanos;
    Sample sample = new Sample(latest == null ? 1 : latest.number + 1, now, figures);
    latest = sample;
    notifyAll();
    return sample;
  }

  private static long count(Reading reading, Loss loss) {
    return reading.losses().getOrDefault(loss, 0L);
  }

  /// The latest sample; the first is taken when somebody asks for it.
  public synchronized Sample latest() {
    return latest == null ? take() : latest;
  }

  /// The latest sample after the one with this number: waits for it, but not longer than this;
  /// then, the latest that there is.
  ///
  /// @throws InterruptedException if the thread that waits is to end
  public synchronized Sample after(long number, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (latest != null && latest.number == number) {
      long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
      if (leftMillis <= 0) {
        break;
      }
      wait(leftMillis);
    }
    return latest();
  }
}
