package dev.midge.listener;

/// How many TLS handshakes may be under way at once.
///
/// @param max on all listeners together
/// @param perAddressMax of one address; this machine and private networks may have [#LOCAL_FACTOR]
///   times as many
public record HandshakeBounds(int max, int perAddressMax) {
  /// How many more an address may have that is near.
  static final int LOCAL_FACTOR = 4;

  /// The bound for each address that is near.
  int perLocalAddressMax() {
    return (int) Math.min((long) perAddressMax * LOCAL_FACTOR, Integer.MAX_VALUE);
  }
}
