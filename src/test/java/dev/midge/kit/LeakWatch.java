package dev.midge.kit;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/// Fails the test run when a buffer was leaked: garbage collected without being released, by the
/// server or by a client of the tests. JUnit starts it before the first test, and so before Netty.
public final class LeakWatch implements LauncherSessionListener {
  private static final int PATIENCE_MILLIS = 10_000;

  private final List<Detector<?>> detectors = new CopyOnWriteArrayList<>();
  private final List<String> leaks = new CopyOnWriteArrayList<>();

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(
        new ResourceLeakDetectorFactory() {
          @Override
          @SuppressWarnings("deprecation") // Abstract, and what Netty calls in the end.
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int samplingInterval, long maxActive) {
            Detector<T> detector = new Detector<>(resource, samplingInterval, leaks);
            detectors.add(detector);
            return detector;
          }
        });
  }

  /// Collects all garbage, and fails if that or an earlier collection found a leak.
  @Override
  public void launcherSessionClosed(LauncherSession session) {
    collectGarbage(); // What is found by this one ...
    collectGarbage(); // ... is in Netty's queues once the next is through.
    detectors.forEach(Detector::report);
    if (!leaks.isEmpty()) {
      throw new AssertionError(
          leaks.size() + " resources were leaked:\n" + String.join("\n\n", leaks));
    }
  }

  /// Returns when the virtual machine has queued what an earlier collection found.
  private static void collectGarbage() {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    WeakReference<Object> canary = new WeakReference<>(new Object(), queue);
    System.gc();
    try {
      if (queue.remove(PATIENCE_MILLIS) == null) {
        throw new IllegalStateException("garbage is not collected; is explicit GC disabled?");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      Reference.reachabilityFence(canary);
    }
  }

  /// Netty's detector for one kind of resource, telling what it finds.
  private static final class Detector<T> extends ResourceLeakDetector<T> {
    private final List<String> leaks;

    @SuppressWarnings("deprecation") // The others fix the sampling interval.
    Detector(Class<T> resource, int samplingInterval, List<String> leaks) {
      super(resource, samplingInterval);
      this.leaks = leaks;
    }

    /// Reports what is found by now: Netty does so only when another resource comes into being.
    @SuppressWarnings("unchecked") // For the detector one object is like another.
    void report() {
      T resource = (T) new Object();
      trackForcibly(resource).close(resource);
    }

    /// Leaks count even where they are not logged.
    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      super.reportTracedLeak(resourceType, records);
      leaks.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      super.reportUntracedLeak(resourceType);
      leaks.add(resourceType);
    }
  }
}
