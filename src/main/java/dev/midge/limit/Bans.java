package dev.midge.limit;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// Who is not let in: networks that the operator names, and addresses for a time that doubles with
/// each ban, up to a day, until one has behaved for as long as the last one took. Bounded: when
/// very many are banned, nobody more is, and rates have to do. Any thread.
public final class Bans {
  private static final int BANS_MAX = 1 << 16;
  private static final long DAY_SECONDS = 24 * 60 * 60;
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final long firstSeconds;
  private final BanJournal journal;
  private final ConcurrentMap<Source, Ban> bans = new ConcurrentHashMap<>();
  private volatile Map<Networks, Ban> operators = Map.of();

  /// @param firstSeconds how long the first ban of an address takes, or 0 for none
  Bans(long firstSeconds, BanJournal journal) {
    this.firstSeconds = firstSeconds;
    this.journal = journal;
  }

  /// Puts these bans of the operator in the place of those before.
  ///
  /// @param reasons why, by network
  public void ofOperator(Map<String, String> reasons) {
    Map<Networks, Ban> all = new LinkedHashMap<>();
    reasons.forEach((network, reason) ->
        all.put(Networks.of(List.of(network)), new Ban(reason, Ban.FOR_EVER, 0)));
    operators = all;
  }

  /// Whether nobody is banned, so that the address need not even be looked at.
  boolean isEmpty() {
    return bans.isEmpty() && operators.isEmpty();
  }

  /// The ban that the operator has on an address, or null.
  @Nullable Ban ofOperator(InetAddress address) {
    for (Map.Entry<Networks, Ban> each : operators.entrySet()) {
      if (each.getKey().contains(address)) {
        return each.getValue();
      }
    }
    return null;
  }

  /// The ban on a source that holds, or null.
  @Nullable Ban of(Source source, long nowNanos) {
    Ban ban = bans.get(source);
    return ban != null && ban.holds(nowNanos) ? ban : null;
  }

  /// Bans a source, for longer than the last time; nothing if it is banned already.
  void add(Source source, String reason, long nowNanos) {
    if (firstSeconds == 0 || of(source, nowNanos) != null || isFull(nowNanos)) {
      return;
    }
    Ban ban =
        bans.compute(
            source,
            (_, last) -> {
              boolean counts = last != null && !last.isForgotten(nowNanos);
              long seconds = counts ? Math.min(DAY_SECONDS, 2 * last.seconds()) : firstSeconds;
              return new Ban(reason, nowNanos + seconds * SECOND_NANOS, seconds);
            });
    journal.banned(source.text(), ban.seconds(), reason);
  }

  private boolean isFull(long nowNanos) {
    if (bans.size() < BANS_MAX) {
      return false;
    }
    bans.values().removeIf(ban -> ban.isForgotten(nowNanos));
    return bans.size() >= BANS_MAX;
  }
}
