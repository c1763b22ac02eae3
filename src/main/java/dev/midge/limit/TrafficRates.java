package dev.midge.limit;

/// How much may come from clients and go to them in a time.
///
/// @param publishes PUBLISH packets from clients
/// @param subscribes filters in SUBSCRIBE and UNSUBSCRIBE packets
/// @param bytesIn bytes of all packets from clients
/// @param bytesOut bytes of all packets to clients
public record TrafficRates(Rate publishes, Rate subscribes, Rate bytesIn, Rate bytesOut) {
  /// No limits.
  public static final TrafficRates NONE =
      new TrafficRates(Rate.NONE, Rate.NONE, Rate.NONE, Rate.NONE);

  /// Whether there is no limit.
  public boolean isNone() {
    return equals(NONE);
  }
}
