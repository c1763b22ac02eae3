package dev.midge.limit;

import java.net.InetAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Bans on networks, found by address in one look for each length of a network that there is,
/// however many bans there are. Immutable; any thread.
final class BanTable {
  /// No bans.
  static final BanTable NONE = new BanTable(Map.of());

  private final Map<Network, Ban> bans;
  private final int[] bitsOfIpv4;
  private final int[] bitsOfIpv6;

  BanTable(Map<Network, Ban> bans) {
    this.bans = Map.copyOf(bans);
    this.bitsOfIpv4 = bits(bans, true);
    this.bitsOfIpv6 = bits(bans, false);
  }

  private static int[] bits(Map<Network, Ban> bans, boolean isIpv4) {
    return bans.keySet().stream()
        .filter(network -> network.isIpv4() == isIpv4)
        .mapToInt(Network::bits)
        .distinct()
        .sorted()
        .toArray();
  }

  /// All of them, by network.
  Map<Network, Ban> bans() {
    return bans;
  }

  /// Whether there is none.
  boolean isEmpty() {
    return bans.isEmpty();
  }

  /// The ban on an address that holds, of the widest network if there are several, or null.
  @Nullable Ban find(InetAddress address, long nowNanos) {
    if (bans.isEmpty()) {
      return null;
    }
    Network alone = Network.of(address);
    for (int bits : alone.isIpv4() ? bitsOfIpv4 : bitsOfIpv6) {
      Ban ban = bans.get(alone.first(bits));
      if (ban != null && ban.holds(nowNanos)) {
        return ban;
      }
    }
    return null;
  }
}
