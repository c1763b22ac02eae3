package dev.midge.session;

import dev.midge.packet.Message;
import dev.midge.packet.QoS;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The deliveries that wait to be sent to one client, first in, first out, with the memory that
/// they take. Bounded by its user, who knows what to answer. Home loop only.
///
/// Those of a session that a log keeps need not be in memory: behind the ones that are, any number
/// may be *absent*, known by their count and their size only, and fetched from the log page by page
/// when their turn comes.
public final class DeliveryQueue {
  /// Made with the first delivery: most sessions never queue one.
  private @Nullable ArrayDeque<Delivery> waiting;

  private long bytes;
  private int atMostOnce;

  private int absent;
  private long absentBytes;

  /// None that is absent is larger, in bytes.
  private long absentLargest;

  private boolean absentMayBeAtMostOnce;

  /// The sequence number of the first absent delivery, or one before it that is no more.
  private long absentFrom;

  /// Whether a page is being fetched, and how often that was begun or given up.
  private boolean fetching;

  private int fetch;
  private int absentAtFetch;

  /// None that waits expires before this.
  private long nextExpiryMillis = Message.NEVER;

  /// How many wait.
  public int count() {
    return inMemory() + absent;
  }

  /// How many of them are in memory.
  public int inMemory() {
    return waiting == null ? 0 : waiting.size();
  }

  /// The memory that they take or would take, in bytes, roughly.
  public long bytes() {
    return bytes + absentBytes;
  }

  /// The memory that those take which are in memory, in bytes, roughly.
  public long memoryBytes() {
    return bytes;
  }

  /// Whether none waits.
  public boolean isEmpty() {
    return count() == 0;
  }

  /// The sequence number of the first that waits, or 0 when none does.
  public long firstSequence() {
    return waiting != null ? waiting.element().sequence() : absent > 0 ? absentFrom : 0;
  }

  /// Whether one of QoS 0 waits, or may wait, which a later one must not overtake.
  public boolean holdsAtMostOnce() {
    return atMostOnce > 0 || (absent > 0 && absentMayBeAtMostOnce);
  }

  /// Adds a delivery at the end.
  public void add(Delivery delivery) {
    if (waiting == null) {
      waiting = new ArrayDeque<>();
    }
    waiting.addLast(delivery);
    nextExpiryMillis = Math.min(nextExpiryMillis, delivery.message().expiresAtMillis());
    count(delivery, 1);
  }

  /// Adds a delivery at the end without keeping it in memory, since a log has it.
  public void addAbsent(Delivery delivery) {
    if (absent == 0) {
      absentFrom = delivery.sequence();
    }
    absent++;
    absentMayBeAtMostOnce |= delivery.qos() == QoS.AT_MOST_ONCE;
    absentBytes += delivery.message().sizeBytes();
    absentLargest = Math.max(absentLargest, delivery.message().sizeBytes());
  }

  /// Sets what a log keeps of an earlier process, all of it absent.
  ///
  /// @param largest the most that one of them may take, in bytes
  /// @param mayBeAtMostOnce whether some of it may be of QoS 0
  public void restore(
      long firstSequence, int count, long sizeBytes, long largest, boolean mayBeAtMostOnce) {
    absentLargest = Math.min(sizeBytes, largest);
    absentMayBeAtMostOnce = mayBeAtMostOnce;
    absentFrom = firstSequence;
    absent = count;
    absentBytes = sizeBytes;
  }

  /// How many deliveries are absent.
  public int absent() {
    return absent;
  }

  /// Lets all that is in memory go, since a log has it.
  public void letGo() {
    fetch++;
    fetching = false;
    if (waiting != null) {
      absentLargest = Math.max(absentLargest, bytes);
      absentFrom = waiting.element().sequence();
      absent += waiting.size();
      absentBytes += bytes;
      absentMayBeAtMostOnce |= atMostOnce > 0;
      waiting = null;
      bytes = 0;
      atMostOnce = 0;
    }
  }

  /// Whether the next page should be fetched: few of the absent ones' predecessors are left.
  public boolean wantsPage(int fewerThan) {
    return absent > 0 && !fetching && inMemory() < fewerThan;
  }

  /// The most memory that a page takes which ends with the delivery by which it reaches `bytes`.
  public long pageBytesMax(long bytes) {
    return Math.min(absentBytes, bytes + absentLargest);
  }

  /// Begins to fetch a page; returns a number by which [#takePage] knows whether it is still
  /// wanted.
  public int beginPage() {
    fetching = true;
    absentAtFetch = absent;
    return ++fetch;
  }

  /// From which sequence number on the next page is.
  public long pageFrom() {
    return absentFrom;
  }

  /// Takes a page that came; returns whether it was still wanted. An empty one means that of those
  /// that were absent when it was asked for none is left.
  public boolean takePage(int fetchNumber, List<Delivery> page) {
    if (fetchNumber != fetch) {
      return false;
    }
    fetching = false;
    absentMayBeAtMostOnce &= absent > page.size();
    if (page.isEmpty()) {
      absent -= absentAtFetch;
      forgetAbsentBytes();
      return true;
    }
    page.forEach(this::add);
    absent -= page.size();
    absentFrom = page.getLast().sequence() + 1;
    long fetched = page.stream().mapToLong(delivery -> delivery.message().sizeBytes()).sum();
    absentBytes = Math.max(0, absentBytes - fetched);
    forgetAbsentBytes();
    return true;
  }

  private void forgetAbsentBytes() {
    if (absent == 0) {
      absentBytes = 0;
      absentLargest = 0;
    }
  }

  /// The delivery that has waited longest, or null when none waits or it is absent.
  public @Nullable Delivery peek() {
    return waiting == null ? null : waiting.peekFirst();
  }

  /// Takes out the delivery that [#peek] shows.
  public void removeFirst() {
    if (waiting == null) {
      throw new IllegalStateException("queue is empty");
    }
    count(waiting.removeFirst(), -1);
    if (waiting.isEmpty()) {
      waiting = null;
    }
  }

  /// Takes out all in memory that have expired, in their order. Costs nothing when there can be
  /// none: it is asked for with each message that does not fit.
  public List<Delivery> removeExpired(long nowMillis) {
    if (nowMillis < nextExpiryMillis) {
      return List.of();
    }
    List<Delivery> expired = removeIf(delivery -> delivery.message().isExpired(nowMillis));
    nextExpiryMillis = Message.NEVER;
    if (waiting != null) {
      for (Delivery delivery : waiting) {
        nextExpiryMillis = Math.min(nextExpiryMillis, delivery.message().expiresAtMillis());
      }
    }
    return expired;
  }

  /// Takes out all in memory that meet the condition, in their order.
  public List<Delivery> removeIf(Predicate<Delivery> condition) {
    List<Delivery> removed = new ArrayList<>();
    if (waiting == null) {
      return removed;
    }
    // Not by an iterator: what it removes in the middle moves half of the queue.
    waiting.removeIf(delivery -> condition.test(delivery) && removed.add(delivery));
    removed.forEach(delivery -> count(delivery, -1));
    if (waiting.isEmpty()) {
      waiting = null;
    }
    return removed;
  }

  private void count(Delivery delivery, int sign) {
    bytes += (long) sign * delivery.message().sizeBytes();
    atMostOnce += delivery.qos() == QoS.AT_MOST_ONCE ? sign : 0;
  }
}
