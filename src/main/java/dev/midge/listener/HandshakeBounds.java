package dev.midge.listener;

import dev.midge.limit.Rate;

/// How many TLS handshakes there may be.
///
/// @param max under way at once on all listeners together
/// @param perAddressMax the same of one address; this machine and private networks may have
///   [#LOCAL_FACTOR] times as many
/// @param begun how many begin, on all listeners together
public record HandshakeBounds(int max, int perAddressMax, Rate begun) {
  /// How many more an address may have that is near.
  static final int LOCAL_FACTOR = 4;

  /// The bound for each address that is near.
  int perLocalAddressMax() {
    return (int) Math.min((long) perAddressMax * LOCAL_FACTOR, Integer.MAX_VALUE);
  }
}
