package dev.midge.observe;

import dev.midge.certs.ClientRefusal;
import dev.midge.certs.RefusalJournal;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Counts TLS handshakes, and the clients that were refused for their certificates, by reason, and
/// writes a line for each, but no more than a person can read: strangers can cause any number of
/// them. What was left out is told with the next line. Any thread.
public final class RefusalLog implements RefusalJournal {
  private static final Logger LOG = Logger.getLogger("dev.midge.certificates");
  private static final int LINES_MAX = 10;
  private static final long PERIOD_NANOS = 10_000_000_000L;

  private final AtomicLongArray counts = new AtomicLongArray(ClientRefusal.values().length);
  private final HandshakeCounts handshakes = new HandshakeCounts();
  private final LongSupplier nanoClock;
  private final Consumer<String> log;
  private long periodBegan;
  private int lines;
  private long leftOut;

  /// Writes to the log of the server.
  public RefusalLog() {
    this(System::nanoTime, LOG::info);
  }

  RefusalLog(LongSupplier nanoClock, Consumer<String> log) {
    this.nanoClock = nanoClock;
    this.log = log;
    this.periodBegan = nanoClock.getAsLong();
  }

  /// How many clients were refused for this reason.
  public long count(ClientRefusal reason) {
    return counts.get(reason.ordinal());
  }

  @Override
  public RefusalJournal at(String listener) {
    return new AtListener(this, listener);
  }

  /// The same for one listener.
  private record AtListener(RefusalLog log, String listener) implements RefusalJournal {
    @Override
    public void shaken(String version, String cipherSuite) {
      log.handshakes.done(listener, version, cipherSuite);
    }

    @Override
    public void broken(String cause) {
      log.handshakes.broken(listener, cause);
    }

    @Override
    public void refused(String remoteAddress, ClientRefusal reason, String detail) {
      log.refused(remoteAddress, reason, detail);
    }
  }

  /// What came of TLS handshakes.
  HandshakeCounts handshakes() {
    return handshakes;
  }

  @Override
  public void refused(String remoteAddress, ClientRefusal reason, String detail) {
    counts.incrementAndGet(reason.ordinal());
    String before = admit();
    if (before != null) {
      log.accept(
          "%s%s refused for its certificate (%s): %s"
              .formatted(before, remoteAddress, reason, ConnectionLog.printable(detail)));
    }
  }

  /// What to say before the next line, or null if there are lines enough.
  private synchronized @Nullable String admit() {
    long now = nanoClock.getAsLong();
    if (now - periodBegan >= PERIOD_NANOS) {
      periodBegan = now;
      lines = 0;
    }
    if (lines == LINES_MAX) {
      leftOut++;
      return null;
    }
    lines++;
    String before = leftOut == 0 ? "" : "(" + leftOut + " lines left out) ";
    leftOut = 0;
    return before;
  }
}
