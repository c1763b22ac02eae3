package dev.midge.broker;

/// How often the connection of one client identifier was taken over of late. Home loop only.
final class Takeovers {
  private static final int PERIOD_MILLIS = 60_000;

  private long beganMillis = Long.MIN_VALUE / 2;
  private int count;

  /// Counts one more, unless that is more often than may be.
  ///
  /// @param perMinuteMax how often may be, or 0 for any number
  /// @return whether it may be
  boolean take(int perMinuteMax, long nowMillis) {
    if (nowMillis - beganMillis >= PERIOD_MILLIS) {
      beganMillis = nowMillis;
      count = 0;
    }
    if (perMinuteMax > 0 && count >= perMinuteMax) {
      return false;
    }
    count++;
    return true;
  }
}
