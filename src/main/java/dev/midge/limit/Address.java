package dev.midge.limit;

import dev.midge.broker.Share;
import dev.midge.broker.Shares;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What one source has at the moment. It is there as long as the source has anything: so there are
/// never more of them than connections, sessions and retained messages. Any thread.
public final class Address implements Shares {
  private static final Share[] SHARES = Share.values();

  /// One that nothing is counted for.
  public static final Address EXEMPT =
      new Address(() -> AddressLimits.NONE, null, null, 1, _ -> {});

  private final Supplier<AddressLimits> limits;
  private final @Nullable Source source;

  /// The wider network, or null.
  private final @Nullable Address network;

  private final Consumer<Address> whenIdle;

  /// How many sources its bounds are for.
  private final int width;

  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLongArray amounts = new AtomicLongArray(SHARES.length);

  Address(
      Supplier<AddressLimits> limits,
      @Nullable Source source,
      @Nullable Address network,
      int width,
      Consumer<Address> whenIdle) {
    this.whenIdle = whenIdle;
    this.limits = limits;
    this.source = source;
    this.network = network;
    this.width = width;
  }

  /// Whose it is, or null if no limit holds for it.
  public @Nullable Source source() {
    return source;
  }

  @Override
  public String address() {
    return source == null ? "" : source.text();
  }

  /// Its connections.
  public int connections() {
    return connections.get();
  }

  /// How much it has.
  public long amount(Share share) {
    return amounts.get(share.ordinal());
  }

  @Override
  public boolean take(Share share, long amount) {
    if (source == null) {
      return true;
    }
    long max = max(share);
    if (amounts.addAndGet(share.ordinal(), amount) > max && max > 0) {
      amounts.addAndGet(share.ordinal(), -amount);
      return false;
    }
    if (network != null && !network.take(share, amount)) {
      amounts.addAndGet(share.ordinal(), -amount);
      return false;
    }
    return true;
  }

  @Override
  public boolean isThereFor(Share share, long amount) {
    long max = max(share);
    return (max == 0 || amount(share) + amount <= max)
        && (network == null || network.isThereFor(share, amount));
  }

  @Override
  public void add(Share share, long amount) {
    if (source != null) {
      amounts.addAndGet(share.ordinal(), amount);
      if (network != null) {
        network.add(share, amount);
      }
      boolean isPerhapsLast = share == Share.SESSIONS || share == Share.RETAINED_MESSAGES;
      if (amount < 0 && isPerhapsLast && isIdle()) {
        whenIdle.accept(this);
      }
    }
  }

  /// How much it may have, or 0 for no limit.
  public long max(Share share) {
    AddressLimits now = limits.get();
    return width
        * switch (share) {
          case SESSIONS -> now.sessionsMax();
          case SUBSCRIPTIONS -> now.subscriptionsMax();
          case QUEUED_BYTES -> now.queuedBytesMax();
          case RETAINED_MESSAGES -> now.retainedMessagesMax();
          case RETAINED_BYTES -> now.retainedBytesMax();
        };
  }

  /// All that it has.
  AddressFigures.Has figures() {
    return new AddressFigures.Has(
        connections(),
        amount(Share.SESSIONS),
        amount(Share.SUBSCRIPTIONS),
        amount(Share.QUEUED_BYTES),
        amount(Share.RETAINED_MESSAGES),
        amount(Share.RETAINED_BYTES));
  }

  /// The wider network, or null.
  @Nullable Address network() {
    return network;
  }

  /// One connection more.
  void opened() {
    connections.incrementAndGet();
  }

  /// One connection less.
  void closed() {
    connections.decrementAndGet();
  }

  /// Whether it has more connections than it may.
  boolean hasTooManyConnections() {
    int max = limits.get().connectionsMax();
    return max > 0 && connections.get() > (long) max * width;
  }

  /// Whether it has nothing at all.
  boolean isIdle() {
    for (Share share : SHARES) {
      if (amount(share) != 0) {
        return false;
      }
    }
    return connections() == 0;
  }
}
