package dev.midge.limit;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Who has how much of this server, by address, and who may come in. Rates are kept in tables that
/// never grow; what somebody has is counted exactly, for as long as he has anything. Any thread,
/// without a lock.
public final class Addresses {
  /// How many addresses a network of IPv6 counts for.
  static final int SOURCES_OF_A_NETWORK = 16;

  private static final int PLACES_BITS = 16;

  /// The answer to a connection.
  ///
  /// @param address whom it is counted for, if it was admitted
  public record Entry(Admission admission, Address address) {}

  private static final Entry EXEMPT = new Entry(Admission.ADMITTED, Address.EXEMPT);
  private static final Entry BANNED = new Entry(Admission.BANNED, Address.EXEMPT);
  private static final Entry MANY = new Entry(Admission.TOO_MANY_CONNECTIONS, Address.EXEMPT);
  private static final Entry OFTEN = new Entry(Admission.TOO_MANY_CONNECTS, Address.EXEMPT);
  private static final Entry FAILING = new Entry(Admission.TOO_MANY_FAILURES, Address.EXEMPT);

  private final AddressLimits limits;
  private final LongSupplier nanoClock;
  private final long beganNanos;
  private final boolean isUnlimited;
  private final @Nullable RateTable connects;
  private final @Nullable RateTable failures;
  private final Traffic traffic;
  private final Bans bans;
  private final ConcurrentMap<Source, Address> addresses = new ConcurrentHashMap<>();
  private final ConcurrentMap<Source, Address> networks = new ConcurrentHashMap<>();

  /// Nobody has anything.
  ///
  /// @param nanoClock tells the time that rates are counted by, in nanoseconds since some moment
  /// @param journal who is told of bans
  public Addresses(AddressLimits limits, LongSupplier nanoClock, BanJournal journal) {
    this.bans = new Bans(limits.banSeconds(), journal);
    this.limits = limits;
    this.isUnlimited = limits.isNone();
    this.nanoClock = nanoClock;
    this.beganNanos = nanoClock.getAsLong();
    SecureRandom random = new SecureRandom();
    this.connects =
        limits.connects().isNone() ? null : new RateTable(limits.connects(), PLACES_BITS, random);
    this.failures =
        limits.failures().isNone() ? null : new RateTable(limits.failures(), PLACES_BITS, random);
    this.traffic = new Traffic(limits.traffic(), random);
  }

  /// The time that rates are counted by.
  public long nowNanos() {
    return nanoClock.getAsLong() - beganNanos;
  }

  /// What one address may have.
  public AddressLimits limits() {
    return limits;
  }

  /// What clients send and get.
  public Traffic traffic() {
    return traffic;
  }

  /// Who is not let in.
  public Bans bans() {
    return bans;
  }

  /// The ban that keeps an address out, or null.
  public @Nullable Ban ban(InetAddress from) {
    if (bans.isEmpty() || limits.exempt().contains(from)) {
      return null;
    }
    return bans.of(from, nowNanos());
  }

  /// Whether nobody is held to anything, so that the address need not even be looked at.
  public boolean isUnlimited() {
    return isUnlimited && bans.isEmpty();
  }

  /// A connection comes from this address to the web site: who is banned may read there why.
  public Entry enterSite(InetAddress from) {
    return enter(from, true);
  }

  /// A connection comes from this address. If it is admitted, [#leave] must follow.
  public Entry enter(InetAddress from) {
    return enter(from, false);
  }

  private Entry enter(InetAddress from, boolean isSite) {
    if (isUnlimited() || limits.exempt().contains(from)) {
      return EXEMPT;
    }
    if (!isSite && ban(from) != null) {
      return BANNED;
    }
    Source source = Source.of(from);
    long now = nowNanos();
    if (connects != null && !takes(connects, source, now)) {
      return OFTEN;
    }
    if (!isSite && failures != null && !hasAny(failures, source, now)) {
      return FAILING;
    }
    Address network = null;
    if (source.hasNetwork()) {
      network = open(networks, source.network(), null, SOURCES_OF_A_NETWORK);
      if (network == null) {
        return MANY;
      }
    }
    Address address = open(addresses, source, network, 1);
    if (address == null) {
      if (network != null) {
        close(networks, network);
      }
      return MANY;
    }
    return new Entry(Admission.ADMITTED, address);
  }

  /// A connection that was admitted has ended.
  ///
  /// @param failed whether its client was never let in
  public void leave(Address address, boolean failed) {
    Source source = address.source();
    if (source == null) {
      return;
    }
    if (failed && failures != null) {
      long now = nowNanos();
      failures.spend(source, 1, now);
      if (failures.left(source, now) <= 0) {
        bans.add(source, "too many connections that failed", now);
      }
      if (source.hasNetwork()) {
        failures.spend(source.network(), 1, nowNanos());
      }
    }
    close(addresses, address);
    Address network = address.network();
    if (network != null) {
      close(networks, network);
    }
  }

  /// What an address has, and what is left to it.
  public AddressFigures figures(InetAddress from) {
    Source source = Source.of(from);
    long now = nowNanos();
    boolean isExempt = limits.isNone() || limits.exempt().contains(from);
    Address address = addresses.getOrDefault(source, Address.EXEMPT);
    Ban ban = ban(from);
    long banSecondsLeft = ban == null ? -1 : ban.secondsLeft(now);
    return new AddressFigures(
        source.text(),
        isExempt,
        address.figures(),
        isExempt
            ? new AddressFigures.Left(-1, -1, -1, -1, -1, -1)
            : new AddressFigures.Left(
                told(Traffic.left(connects, source, now)),
                told(Traffic.left(failures, source, now)),
                told(traffic.publishesLeft(source, now)),
                told(traffic.subscribesLeft(source, now)),
                told(traffic.bytesInLeft(source, now)),
                told(traffic.bytesOutLeft(source, now))),
        ban,
        banSecondsLeft);
  }

  private static long told(long left) {
    return left == Long.MAX_VALUE ? -1 : Math.max(0, left);
  }

  /// How many addresses have anything.
  public int count() {
    return addresses.size();
  }

  private static boolean takes(RateTable table, Source source, long now) {
    return table.take(source, now) == 0
        && (!source.hasNetwork() || table.take(source.network(), now) == 0);
  }

  private static boolean hasAny(RateTable table, Source source, long now) {
    return table.waitNanos(source, now) == 0
        && (!source.hasNetwork() || table.waitNanos(source.network(), now) == 0);
  }

  /// One that has nothing is not used again: the network that it knows may be forgotten by now.
  private @Nullable Address open(
      ConcurrentMap<Source, Address> map, Source source, @Nullable Address network, int width) {
    Address address =
        map.compute(
            source,
            (_, known) -> {
              Address one =
                  known == null || known.isIdle()
                      ? new Address(limits, source, network, width, idle -> forget(map, idle))
                      : known;
              one.opened();
              return one;
            });
    if (address.hasTooManyConnections()) {
      close(map, address);
      return null;
    }
    return address;
  }

  private static void close(ConcurrentMap<Source, Address> map, Address address) {
    address.closed();
    if (address.isIdle()) {
      forget(map, address);
    }
  }

  @SuppressWarnings("ReferenceEquality") // A newer one of the same source is another.
  private static void forget(ConcurrentMap<Source, Address> map, Address address) {
    Source source = address.source();
    if (source != null) {
      map.computeIfPresent(source, (_, known) -> known == address && known.isIdle() ? null : known);
    }
  }
}
