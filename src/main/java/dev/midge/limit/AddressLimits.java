package dev.midge.limit;

/// How much one address may have of this server, at all listeners together. Zero, or a rate of
/// none, is no limit.
///
/// @param exempt whom none of it holds for
/// @param connectionsMax connections at a time
/// @param connects new connections
/// @param failures connections that end before the client was let in
/// @param banSeconds how long an address is banned at first when it has none of those left, or 0
/// @param traffic what its clients send and get, all together
/// @param sessionsMax sessions, connected or not
/// @param subscriptionsMax subscriptions of those
/// @param queuedBytesMax memory of messages that wait for those
/// @param retainedMessagesMax messages that its clients had retained
/// @param retainedBytesMax memory of those
public record AddressLimits(
    Networks exempt,
    int connectionsMax,
    Rate connects,
    Rate failures,
    long banSeconds,
    TrafficRates traffic,
    int sessionsMax,
    int subscriptionsMax,
    long queuedBytesMax,
    long retainedMessagesMax,
    long retainedBytesMax) {

  /// No limits.
  public static final AddressLimits NONE =
      new AddressLimits(
          Networks.NONE, 0, Rate.NONE, Rate.NONE, 0, TrafficRates.NONE, 0, 0, 0, 0, 0);

  /// Whether there is no limit, so that it does not matter who is exempt.
  public boolean isNone() {
    return new AddressLimits(
            NONE.exempt,
            connectionsMax,
            connects,
            failures,
            banSeconds,
            traffic,
            sessionsMax,
            subscriptionsMax,
            queuedBytesMax,
            retainedMessagesMax,
            retainedBytesMax)
        .equals(NONE);
  }
}
