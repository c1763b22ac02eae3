package dev.midge.load;

import dev.midge.load.Receipts.Counts;
import dev.midge.load.Result.Latency;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// One address that opens connections as fast as it is told, and says nothing on them; and clients
/// of other addresses that come one after the other, of which it is measured how long it takes
/// until they are let in.
final class FloodRun {
  private static final int TICK_MILLIS = 2;
  private static final int VISITORS_PER_SECOND = 40;

  /// How many connections of the flood are on their way at most: the generator is to flood the
  /// broker, not itself.
  private static final int UNDER_WAY_MAX = 2_000;

  private static final long LATENCY_NANOS_MAX = 60_000_000_000L;

  private final Bench bench;
  private final Histogram latencies = new Histogram(LATENCY_NANOS_MAX, 3);

  // Of the loop.
  private long flooded;
  private long failures;
  private int underWay;
  private double due;
  private int number;
  private boolean isMeasuring;

  FloodRun(Bench bench) {
    this.bench = bench;
  }

  Result run() {
    Future<?> flood =
        bench
            .generator()
            .loop()
            .scheduleAtFixedRate(this::flood, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    Future<?> visits =
        bench
            .generator()
            .loop()
            .scheduleAtFixedRate(this::visit, 0, 1000 / VISITORS_PER_SECOND, TimeUnit.MILLISECONDS);
    bench.warmUp(() -> flooded, () -> {});
    bench.generator().run(() -> isMeasuring = true);
    Bench.Measured measured = bench.measure(() -> flooded, () -> {});
    bench
        .generator()
        .run(() -> {
          isMeasuring = false;
          flood.cancel(false);
          visits.cancel(false);
        });
    return measured.result(new Counts(), failures, latency());
  }

  private Latency latency() {
    return new Latency(
        latencies.getValueAtPercentile(50) / 1e3,
        latencies.getValueAtPercentile(99) / 1e3,
        latencies.getValueAtPercentile(99.9) / 1e3,
        latencies.getMaxValue() / 1e3);
  }

  // On the loop.

  private void flood() {
    due += bench.scenario().ratePerSecond() * (TICK_MILLIS / 1e3);
    due = Math.min(due, UNDER_WAY_MAX);
    while (due >= 1 && underWay < UNDER_WAY_MAX) {
      due--;
      underWay++;
      bench
          .generator()
          .knock(() -> {
            underWay--;
            flooded++;
          });
    }
  }

  private void visit() {
    long began = System.nanoTime();
    Client.Watcher watcher =
        new Client.Watcher() {
          @Override
          public void ready(Client client) {
            if (isMeasuring) {
              latencies.recordValue(Math.min(LATENCY_NANOS_MAX, System.nanoTime() - began));
            }
            client.leave();
          }

          @Override
          public void failed(Client client, String why) {
            failures++;
          }
        };
    bench.generator().connect(new Visitor(bench.connect("v", number++), watcher), watcher);
  }

  /// A client that only comes to see whether it is let in.
  private static final class Visitor extends Client {
    Visitor(byte[] connect, Watcher watcher) {
      super(connect, watcher);
    }

    @Override
    void accepted() {
      ready();
    }

    @Override
    void published(ByteBuf in, int firstByte, int bodyAt, int end) {}

    @Override
    void answered(int type, int packetId) {}
  }
}
