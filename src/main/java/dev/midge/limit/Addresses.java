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

  private final SecureRandom random = new SecureRandom();
  private final LongSupplier nanoClock;
  private final long beganNanos;
  private volatile Rules rules;
  private final Traffic traffic;
  private final Bans bans;
  private final ConcurrentMap<Source, Address> addresses = new ConcurrentHashMap<>();
  private final ConcurrentMap<Source, Address> networks = new ConcurrentHashMap<>();

  /// What holds at one moment.
  private record Rules(
      AddressLimits limits,
      boolean isNone,
      @Nullable RateTable connects,
      @Nullable RateTable failures) {}

  /// Nobody has anything.
  ///
  /// @param nanoClock tells the time that rates are counted by, in nanoseconds since some moment
  /// @param journal who is told of bans
  public Addresses(AddressLimits limits, LongSupplier nanoClock, BanJournal journal) {
    this.bans = new Bans(limits.banSeconds(), journal);
    this.nanoClock = nanoClock;
    this.beganNanos = nanoClock.getAsLong();
    this.rules =
        new Rules(limits, limits.isNone(), table(limits.connects()), table(limits.failures()));
    this.traffic = new Traffic(limits.traffic(), random);
  }

  /// Other limits hold from now on. What addresses have stays counted; who had no limit until now
  /// is counted from when he comes the next time. A rate that is another is all there for
  /// everybody.
  public synchronized void become(AddressLimits limits) {
    Rules before = rules;
    boolean isSame = limits.connects().equals(before.limits.connects());
    RateTable connects = isSame ? before.connects : table(limits.connects());
    isSame = limits.failures().equals(before.limits.failures());
    RateTable failures = isSame ? before.failures : table(limits.failures());
    bans.firstSeconds(limits.banSeconds());
    traffic.become(limits.traffic(), random);
    rules = new Rules(limits, limits.isNone(), connects, failures);
  }

  private @Nullable RateTable table(Rate rate) {
    return rate.isNone() ? null : new RateTable(rate, PLACES_BITS, random);
  }

  /// The time that rates are counted by.
  public long nowNanos() {
    return nanoClock.getAsLong() - beganNanos;
  }

  /// What one address may have.
  public AddressLimits limits() {
    return rules.limits;
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
    if (bans.isEmpty() || rules.limits.exempt().contains(from)) {
      return null;
    }
    return bans.of(from, nowNanos());
  }

  /// Whether nobody is held to anything, so that the address need not even be looked at.
  public boolean isUnlimited() {
    return rules.isNone && bans.isEmpty();
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
    Rules now = rules;
    if ((now.isNone && bans.isEmpty()) || now.limits.exempt().contains(from)) {
      return EXEMPT;
    }
    if (!isSite && ban(from) != null) {
      return BANNED;
    }
    Source source = Source.of(from);
    long nowNanos = nowNanos();
    if (now.connects != null && !takes(now.connects, source, nowNanos)) {
      return OFTEN;
    }
    if (!isSite && now.failures != null && !hasAny(now.failures, source, nowNanos)) {
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

  /// What an address has of which an earlier process kept sessions: they are to be counted for it
  /// at once. Before anybody comes in.
  ///
  /// @param text as [Address#address] has it
  public Address known(String text) {
    InetAddress from = text.isEmpty() ? null : Networks.address(text.replace("/64", ""));
    Rules now = rules;
    if (from == null || now.isNone || now.limits.exempt().contains(from)) {
      return Address.EXEMPT;
    }
    Source source = Source.of(from);
    Address network =
        source.hasNetwork() ? known(networks, source.network(), null, SOURCES_OF_A_NETWORK) : null;
    return known(addresses, source, network, 1);
  }

  private Address known(
      ConcurrentMap<Source, Address> map, Source source, @Nullable Address network, int width) {
    return map.computeIfAbsent(
        source, _ -> new Address(this::limits, source, network, width, idle -> forget(map, idle)));
  }

  /// A connection that was admitted has ended.
  ///
  /// @param failed whether its client was never let in
  public void leave(Address address, boolean failed) {
    Source source = address.source();
    if (source == null) {
      return;
    }
    RateTable failures = rules.failures;
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
    Rules holding = rules;
    boolean isExempt = holding.isNone || holding.limits.exempt().contains(from);
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
                told(Traffic.left(holding.connects, source, now)),
                told(Traffic.left(holding.failures, source, now)),
                told(traffic.publishesLeft(source, now)),
                told(traffic.subscribesLeft(source, now)),
                told(traffic.bytesInLeft(source, now)),
                told(traffic.bytesOutLeft(source, now))),
        isExempt ? 0 : waitSeconds(holding, source, now),
        ban,
        banSecondsLeft);
  }

  private long waitSeconds(Rules holding, Source source, long now) {
    long nanos =
        Math.max(
            traffic.waitNanos(source, now),
            Math.max(
                Traffic.waitNanos(holding.connects, source, now),
                Traffic.waitNanos(holding.failures, source, now)));
    return (nanos + 999_999_999) / 1_000_000_000;
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
                      ? new Address(this::limits, source, network, width, idle -> forget(map, idle))
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
