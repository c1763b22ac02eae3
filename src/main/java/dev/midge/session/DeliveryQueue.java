package dev.midge.session;

import dev.midge.packet.QoS;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
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
  private boolean absentMayBeAtMostOnce;

  /// The sequence number of the first absent delivery, or one before it that is no more.
  private long absentFrom;

  /// Whether a page is being fetched, and how often that was begun or given up.
  private boolean fetching;

  private int fetch;
  private int absentAtFetch;

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
  }

  /// Sets what a log keeps of an earlier process, all of it absent.
  ///
  /// @param mayBeAtMostOnce whether some of it may be of QoS 0
  public void restore(long firstSequence, int count, long sizeBytes, boolean mayBeAtMostOnce) {
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
      absentBytes = absent == 0 ? 0 : absentBytes;
      return true;
    }
    page.forEach(this::add);
    absent -= page.size();
    absentFrom = page.getLast().sequence() + 1;
    absentBytes =
        absent == 0
            ? 0
            : Math.max(
                0,
                absentBytes
                    - page.stream().mapToLong(delivery -> delivery.message().sizeBytes()).sum());
    return true;
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

  /// Takes out all in memory that meet the condition, in their order.
  public List<Delivery> removeIf(Predicate<Delivery> condition) {
    List<Delivery> removed = new ArrayList<>();
    if (waiting == null) {
      return removed;
    }
    for (Iterator<Delivery> all = waiting.iterator(); all.hasNext(); ) {
      Delivery delivery = all.next();
      if (condition.test(delivery)) {
        all.remove();
        count(delivery, -1);
        removed.add(delivery);
      }
    }
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
