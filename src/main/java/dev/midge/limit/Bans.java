package dev.midge.limit;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// Who is not let in: networks that the operator names, in a file or while the server runs, and
/// addresses for a time that doubles with each ban, up to a day, until one has behaved for as long
/// as the last one took. Bounded: when very many are banned, nobody more is, and rates have to do.
/// Any thread.
public final class Bans {
  /// How many bans the operator may make while the server runs.
  static final int OPERATORS_MAX = 10_000;

  private static final int BANS_MAX = 1 << 16;
  private static final long DAY_SECONDS = 24 * 60 * 60;

  /// A ban, and on whom.
  ///
  /// @param network an address or a network, as people write it
  public record Entry(String network, Ban ban) {}

  private final BanJournal journal;
  private final ConcurrentMap<Source, Ban> bans = new ConcurrentHashMap<>();
  private volatile long firstSeconds;
  private volatile BanTable ofFile = BanTable.NONE;
  private volatile BanTable ofOperator = BanTable.NONE;
  private volatile Runnable whenMore = () -> {};

  /// @param firstSeconds how long the first ban of an address takes, or 0 for none
  Bans(long firstSeconds, BanJournal journal) {
    this.firstSeconds = firstSeconds;
    this.journal = journal;
  }

  /// Lets this be done whenever the operator bans somebody. Once, before anybody is.
  public void whenMore(Runnable task) {
    whenMore = task;
  }

  /// Another time for the first ban of an address.
  void firstSeconds(long seconds) {
    firstSeconds = seconds;
  }

  /// Puts these bans of the file in the place of those before.
  ///
  /// @param reasons why, by network
  public void ofFile(Map<String, String> reasons) {
    Map<Network, Ban> all = new LinkedHashMap<>();
    reasons.forEach((network, reason) ->
        all.put(Network.of(network), new Ban(Ban.By.FILE, reason, Ban.FOR_EVER, 0)));
    ofFile = new BanTable(all);
    whenMore.run();
  }

  /// Whether nobody is banned, so that the address need not even be looked at.
  boolean isEmpty() {
    return bans.isEmpty() && ofFile.isEmpty() && ofOperator.isEmpty();
  }

  /// The ban on an address that holds, or null.
  @Nullable Ban of(InetAddress address, long nowNanos) {
    Ban ban = ofFile.find(address, nowNanos);
    if (ban == null) {
      ban = ofOperator.find(address, nowNanos);
    }
    return ban != null || bans.isEmpty() ? ban : of(Source.of(address), nowNanos);
  }

  /// All that hold, those of the file first, those of the server last.
  List<Entry> all(long nowNanos) {
    List<Entry> all = new ArrayList<>();
    ofFile.bans().forEach((network, ban) -> all.add(new Entry(network.text(), ban)));
    ofOperator.bans().forEach((network, ban) -> all.add(new Entry(network.text(), ban)));
    bans.forEach((source, ban) -> all.add(new Entry(source.text(), ban)));
    all.removeIf(entry -> !entry.ban().holds(nowNanos));
    return all;
  }

  /// The ban that the operator has made on exactly this network, or that its file says, or null.
  @Nullable Ban on(Network network) {
    Ban ban = ofFile.bans().get(network);
    return ban != null ? ban : ofOperator.bans().get(network);
  }

  /// Bans a network until the operator takes it back or its time is over; a ban that the operator
  /// has made on it before gives way.
  ///
  /// @return false when there are as many as there may be
  synchronized boolean put(Network network, Ban ban, long nowNanos) {
    Map<Network, Ban> all = new HashMap<>(ofOperator.bans());
    all.values().removeIf(known -> !known.holds(nowNanos));
    if (all.size() >= OPERATORS_MAX && !all.containsKey(network)) {
      return false;
    }
    all.put(network, ban);
    ofOperator = new BanTable(all);
    journal.banned(network.text(), ban.seconds(), ban.reason());
    whenMore.run();
    return true;
  }

  /// Takes back what the operator or the server itself has banned; false when there is no such ban.
  synchronized boolean remove(Network network) {
    Map<Network, Ban> all = new HashMap<>(ofOperator.bans());
    boolean wasThere = all.remove(network) != null;
    ofOperator = new BanTable(all);
    wasThere |= bans.keySet().removeIf(source -> source.text().equals(network.text()));
    if (wasThere) {
      journal.pardoned(network.text());
    }
    return wasThere;
  }

  private @Nullable Ban of(Source source, long nowNanos) {
    Ban ban = bans.get(source);
    return ban != null && ban.holds(nowNanos) ? ban : null;
  }

  /// Bans a source, for longer than the last time; nothing if it is banned already.
  void add(Source source, String reason, long nowNanos) {
    long first = firstSeconds;
    if (first == 0 || of(source, nowNanos) != null || isFull(nowNanos)) {
      return;
    }
    Ban ban =
        bans.compute(
            source,
            (_, last) -> {
              boolean counts = last != null && !last.isForgotten(nowNanos);
              long seconds = counts ? Math.min(DAY_SECONDS, 2 * last.seconds()) : first;
              return Ban.from(nowNanos, Ban.By.SERVER, reason, seconds);
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
