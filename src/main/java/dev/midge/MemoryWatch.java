package dev.midge;

import dev.midge.broker.Broker;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.jboss.logging.Logger;

/// The last net below all bounds: looks at what the collector could not free, and when that is too
/// much, has newcomers refused and publishers slowed until it is less again; when it is nearly all,
/// those end for whom most is in memory. Any thread.
final class MemoryWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger("dev.midge.server");
  private static final double FULL = 0.85;
  private static final double NEARLY_ALL = 0.95;
  private static final int PERIOD_MILLIS = 250;

  /// How often the collector is asked to look again while memory is short: when little is allocated
  /// it would not look by itself, and never see that there is room.
  private static final int LOOKS_PER_COLLECTION = 60;

  private final Broker broker;
  private final DoubleSupplier fullness;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("memory").factory());
  private boolean isShort;
  private int looks;

  /// @param fullness what part of the memory is taken by what is still of use, 0 to 1
  MemoryWatch(Broker broker, DoubleSupplier fullness) {
    this.broker = broker;
    this.fullness = fullness;
  }

  /// What part of the heap for what lives long was in use after the last collection; 0 if the
  /// collector in use does not tell.
  static double heapFullness() {
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      String name = pool.getName();
      MemoryUsage usage = pool.getCollectionUsage();
      if (pool.getType() == MemoryType.HEAP
          && usage != null
          && usage.getMax() > 0
          && (name.contains("Tenured") || name.contains("Old"))) {
        return (double) usage.getUsed() / usage.getMax();
      }
    }
    return 0;
  }

  /// Begins to look, four times a second.
  void start() {
    var _ =
        thread.scheduleAtFixedRate(this::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// Looks once.
  @SuppressWarnings("SystemGc") // Nothing else tells that there is room again.
  synchronized void look() {
    double part = fullness.getAsDouble();
    boolean isFull = part > FULL;
    if (part > NEARLY_ALL) {
      broker.shedHeaviest();
    }
    if (isFull != isShort) {
      isShort = isFull;
      looks = 0;
      broker.shortOfMemory(isFull);
      if (isFull) {
        LOG.warn("memory is short: newcomers are refused, and publishers slowed");
      } else {
        LOG.info("there is memory again");
      }
    } else if (isFull && ++looks % LOOKS_PER_COLLECTION == 0) {
      System.gc();
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
