package dev.midge.packet;

/// A quality of service: how often a message is delivered between one sender and one receiver (MQTT
/// 5.0, 4.3).
public enum QoS {
  AT_MOST_ONCE,
  AT_LEAST_ONCE,
  EXACTLY_ONCE;

  private static final QoS[] BY_LEVEL = values();

  /// The level on the wire, 0 to 2.
  public int level() {
    return ordinal();
  }

  /// The quality with this level, 0 to 2.
  public static QoS of(int level) {
    return BY_LEVEL[level];
  }

  /// The lower of two: what a subscription makes of a message, or a limit of a request.
  public QoS atMost(QoS other) {
    return ordinal() <= other.ordinal() ? this : other;
  }

  /// The higher of two.
  public QoS atLeast(QoS other) {
    return ordinal() >= other.ordinal() ? this : other;
  }
}
