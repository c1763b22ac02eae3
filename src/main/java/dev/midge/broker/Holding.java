package dev.midge.broker;

import dev.midge.session.Session;

/// What one session has of the shares of its client's address: those of the address that the client
/// came from last. Home loop only.
final class Holding {
  /// By how much what waits may differ from what the address knows of, in bytes.
  private static final long STEP_BYTES = 4 << 10;

  private final Session session;
  private final Tally tally;
  private int queued;
  private int inflight;
  private long waitingBytes;
  private Shares shares = Shares.UNBOUNDED;
  private long countedBytes;

  /// @param tally where it is counted what waits for the clients of the loop
  Holding(Session session, Tally tally) {
    this.session = session;
    this.tally = tally;
  }

  /// Those of the address.
  Shares shares() {
    return shares;
  }

  /// The client comes from this address now; false when that has as many sessions as it may, and
  /// then nothing changes.
  @SuppressWarnings("ReferenceEquality") // There is one object for each address.
  boolean moveTo(Shares others) {
    if (others == shares) {
      return true;
    }
    if (!others.take(Share.SESSIONS, 1)) {
      return false;
    }
    int subscriptions = session.subscriptions().size();
    others.add(Share.SUBSCRIPTIONS, subscriptions);
    others.add(Share.QUEUED_BYTES, countedBytes);
    leave();
    shares = others;
    return true;
  }

  /// An earlier process kept the session: it counts for the address that its client came from then,
  /// whatever that may have by now.
  void startWith(Shares others) {
    others.add(Share.SESSIONS, 1);
    others.add(Share.SUBSCRIPTIONS, session.subscriptions().size());
    others.add(Share.QUEUED_BYTES, countedBytes);
    shares = others;
  }

  /// The session has ended: nothing waits any more.
  void end() {
    count(0, 0, 0);
    leave();
  }

  private void leave() {
    shares.add(Share.SUBSCRIPTIONS, -session.subscriptions().size());
    shares.add(Share.QUEUED_BYTES, -countedBytes);
    shares.add(Share.SESSIONS, -1);
    shares = Shares.UNBOUNDED;
  }

  /// Takes note of how much waits for the client; the address hears of it once it has changed by
  /// enough.
  void measure() {
    long bytes = session.queue().bytes() + session.inflight().bytes();
    count(session.queue().count(), session.inflight().count(), bytes);
    long difference = bytes - countedBytes;
    if (Math.abs(difference) >= STEP_BYTES || (bytes == 0 && difference != 0)) {
      countedBytes = bytes;
      shares.add(Share.QUEUED_BYTES, difference);
    }
  }

  private void count(int nowQueued, int nowInflight, long nowBytes) {
    tally.waiting(nowQueued - queued, nowInflight - inflight, nowBytes - waitingBytes);
    queued = nowQueued;
    inflight = nowInflight;
    waitingBytes = nowBytes;
  }
}
