package dev.midge.limit;

/// Who is told when an address is banned. A port. Any thread.
public interface BanJournal {
  /// Nobody.
  BanJournal NONE =
      new BanJournal() {
        @Override
        public void banned(String address, long seconds, String reason) {}

        @Override
        public void pardoned(String address) {}
      };

  /// An address is not let in for a while.
  ///
  /// @param address one of IPv4, the first 64 bits of one of IPv6: `2001:db8:0:1::/64`, or a
  ///   network
  /// @param seconds for how long, or 0 for ever
  /// @param reason why, in a few words
  void banned(String address, long seconds, String reason);

  /// A ban was taken back before its time.
  void pardoned(String address);
}
