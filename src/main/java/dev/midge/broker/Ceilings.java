package dev.midge.broker;

/// Bounds that a server of strangers wants besides the others of [Limits]: by default each is as
/// far away as it can be.
///
/// @param willBytesMax the longest payload of a will
/// @param credentialBytesMax the longest user name and password
/// @param retainedMessageBytesMax the longest payload that is retained
/// @param retainedSecondsMax for how long a message is retained, or 0 for ever
/// @param retainedPerSecondMax how many retained messages one connection gets in a second for what
///   it has subscribed to, or 0 for any number
/// @param sharedSubscriptionsMax how many shared subscriptions one client may have
/// @param takeoversPerMinuteMax how often in a minute the connection of one client may be taken
///   over, or 0 for any number
public record Ceilings(
    int willBytesMax,
    int credentialBytesMax,
    int retainedMessageBytesMax,
    long retainedSecondsMax,
    int retainedPerSecondMax,
    int sharedSubscriptionsMax,
    int takeoversPerMinuteMax) {
  /// No bounds.
  public static final Ceilings NONE =
      new Ceilings(
          Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, 0, 0, Integer.MAX_VALUE, 0);
}
