package dev.midge.broker;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The timers of one loop: setting and cancelling cost the same however many there are (Varghese
/// and Lauck, hashed timing wheels). A timer fires up to one tick late. Loop thread only.
final class TimerWheel {
  /// The width of a slot.
  static final int TICK_MILLIS = 100;

  private static final int SLOTS = 1024;

  /// Head of a ring of the timers in one slot.
  private static final class Slot extends Timer {
    Slot() {
      super("slot");
      previous = this;
      next = this;
    }

    @Override
    void fire(long nowMillis) {
      throw new IllegalStateException("a slot is no timer");
    }
  }

  private final Timer[] slots = new Timer[SLOTS];
  private long tick;
  private int count;

  TimerWheel(long nowMillis) {
    tick = nowMillis / TICK_MILLIS;
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = new Slot();
    }
  }

  /// Sets the timer, in place of what it was set to before.
  void set(Timer timer, long dueMillis) {
    cancel(timer);
    timer.dueMillis = dueMillis;
    long dueTick = Math.max(tick + 1, (dueMillis + TICK_MILLIS - 1) / TICK_MILLIS);
    Timer slot = slots[(int) (dueTick & SLOTS - 1)];
    link(slot, timer);
  }

  /// Unsets the timer, if it is set.
  void cancel(Timer timer) {
    Timer before = timer.previous;
    Timer after = timer.next;
    if (before != null && after != null) {
      before.next = after;
      after.previous = before;
      timer.previous = null;
      timer.next = null;
      count--;
    }
  }

  /// How many timers are set.
  int count() {
    return count;
  }

  /// Fires all timers that are due. One that throws is reported and does not keep the others from
  /// firing.
  void advance(long nowMillis, BiConsumer<Timer, RuntimeException> failed) {
    long target = nowMillis / TICK_MILLIS;
    long first = Math.max(tick + 1, target - SLOTS + 1);
    tick = target;
    for (long at = first; at <= target; at++) {
      fireDue(slots[(int) (at & SLOTS - 1)], nowMillis, failed);
    }
  }

  private void fireDue(Timer slot, long nowMillis, BiConsumer<Timer, RuntimeException> failed) {
    // Timers that fire may set themselves or cancel others: due ones are moved aside first.
    Slot due = new Slot();
    for (Timer timer = slot.next; timer != null && !(timer instanceof Slot); ) {
      Timer following = timer.next;
      if (timer.dueMillis <= nowMillis) {
        cancel(timer);
        link(due, timer);
      }
      timer = following;
    }
    for (Timer timer = due.next; timer != null && !(timer instanceof Slot); timer = due.next) {
      cancel(timer);
      try {
        timer.fire(nowMillis);
      } catch (RuntimeException failure) {
        failed.accept(timer, failure);
      }
    }
  }

  private void link(Timer slot, Timer timer) {
    count++;
    @Nullable Timer last = slot.previous;
    timer.previous = last;
    timer.next = slot;
    if (last != null) {
      last.next = timer;
    }
    slot.previous = timer;
  }
}
