package dev.midge.limit;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.random.RandomGenerator;

/// What is left of a rate to each of any number of sources, in memory that never grows and without
/// an object for a source. Any thread, without a lock.
///
/// A source has a place in each of four rows, found by keyed hashes; a place is the moment at which
/// all of its rate will be there again. The place with most left counts, and only what is behind it
/// is moved on: a source is taken for another only if it meets busy ones in all four rows. So
/// nobody is forgotten for newcomers, newcomers find no fresh rate by being many, and of ten
/// thousand that are over their rate one in two thousand others suffers, with 2^16 places in a row.
/// A network of IPv6 has the rate of 16 sources.
public final class RateTable {
  private static final int ROWS = 4;

  private final Rate rate;
  private final long burstNanos;
  private final int placesBits;
  private final long[] keys = new long[ROWS];
  private final AtomicLongArray fullAtNanos;

  /// All of the rate is there, for everybody.
  ///
  /// @param placesBits the number of places in a row, as a power of two; each row takes 8 bytes for
  ///   a place
  /// @param random for keys that nobody can guess, so that nobody can choose whom to meet
  public RateTable(Rate rate, int placesBits, RandomGenerator random) {
    this.placesBits = placesBits;
    this.fullAtNanos = new AtomicLongArray(ROWS << placesBits);
    this.rate = rate;
    this.burstNanos = rate.nanos(rate.burst());
    for (int row = 0; row < ROWS; row++) {
      keys[row] = random.nextLong();
    }
  }

  /// Does it once, if the source may.
  ///
  /// @param nowNanos since some moment before which nothing was done; never negative
  /// @return zero if it may, or how long it has to wait in nanoseconds
  public long take(Source source, long nowNanos) {
    long costNanos = cost(source, 1);
    while (true) {
      long before = fullAt(source);
      long after = Math.max(before, nowNanos) + costNanos;
      long waitNanos = after - nowNanos - burstNanos;
      if (waitNanos > 0) {
        return waitNanos;
      }
      if (moveOn(source, before, after)) {
        return 0;
      }
    }
  }

  /// Takes so much for the source, whether it is there or not.
  public void spend(Source source, long amount, long nowNanos) {
    long costNanos = cost(source, amount);
    boolean done = false;
    while (!done) {
      long before = fullAt(source);
      done = moveOn(source, before, Math.max(before, nowNanos) + costNanos);
    }
  }

  /// How much is left to the source; negative when more was spent than there was.
  public long left(Source source, long nowNanos) {
    return width(source) * rate.amount(burstNanos - Math.max(0, fullAt(source) - nowNanos));
  }

  /// How long the source has to wait until it may do it once, in nanoseconds, or zero.
  public long waitNanos(Source source, long nowNanos) {
    return Math.max(
        0, Math.max(fullAt(source), nowNanos) + cost(source, 1) - nowNanos - burstNanos);
  }

  private long cost(Source source, long amount) {
    return rate.nanos(amount) / width(source);
  }

  private static int width(Source source) {
    return source.isNetwork() ? Addresses.SOURCES_OF_A_NETWORK : 1;
  }

  private long fullAt(Source source) {
    long least = Long.MAX_VALUE;
    for (int row = 0; row < ROWS; row++) {
      least = Math.min(least, fullAtNanos.get(place(source, row)));
    }
    return least;
  }

  /// Moves those places on that are before `after`; false when another thread came in between.
  private boolean moveOn(Source source, long before, long after) {
    boolean isMine = false;
    for (int row = 0; row < ROWS; row++) {
      int place = place(source, row);
      long now = fullAtNanos.get(place);
      if (!isMine && now == before) {
        if (!fullAtNanos.compareAndSet(place, before, after)) {
          return false;
        }
        isMine = true;
      } else if (now < after) {
        fullAtNanos.accumulateAndGet(place, after, Math::max);
      }
    }
    return isMine;
  }

  private int place(Source source, int row) {
    long bits = (source.prefix() ^ keys[row]) * 0x9E3779B97F4A7C15L + source.bits();
    bits = (bits ^ (bits >>> 32)) * 0xD6E8FEB86659FD93L;
    bits = (bits ^ (bits >>> 32)) * 0xD6E8FEB86659FD93L;
    return (row << placesBits) + (int) (bits >>> (Long.SIZE - placesBits));
  }
}
