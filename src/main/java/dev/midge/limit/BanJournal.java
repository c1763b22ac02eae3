package dev.midge.limit;

/// Who is told when an address is banned. A port. Any thread.
@FunctionalInterface
public interface BanJournal {
  /// Nobody.
  BanJournal NONE = (_, _, _) -> {};

  /// An address is not let in for a while.
  ///
  /// @param address one of IPv4, or the first 64 bits of one of IPv6: `2001:db8:0:1::/64`
  /// @param seconds for how long
  /// @param reason why, in a few words
  void banned(String address, long seconds, String reason);
}
