package dev.midge.load;

import java.util.List;

/// What came of one run of a scenario.
///
/// @param count how many deliveries or connections there were in the time measured
/// @param cpuMicros of the broker for all of them, or -1 when its process is not known
/// @param generatorCpuMicros of this process for the same
/// @param rssBytes the memory that the broker occupied in the end
/// @param writtenBytes what the broker gave to disks in the time measured
/// @param growthBytes by how much its memory grew while clients connected and subscribed
/// @param growthCount how many connections or subscriptions it grew for
/// @param failures connections that broke
/// @param latency how long deliveries or connections took, or [Latency#NONE]
/// @param course how many there were in each second measured
record Result(
    String scenario,
    String target,
    long count,
    double seconds,
    long cpuMicros,
    long generatorCpuMicros,
    long rssBytes,
    long writtenBytes,
    long growthBytes,
    long growthCount,
    long lost,
    long duplicate,
    long outOfOrder,
    long failures,
    Latency latency,
    List<Double> course) {

  private static final int GROWTH_COUNT_MIN = 1000;

  /// The CPU time of the broker for one delivery or connection, or NaN.
  double cpuMicrosEach() {
    return cpuMicros < 0 || count == 0 ? Double.NaN : (double) cpuMicros / count;
  }

  /// That of the generator.
  double generatorMicrosEach() {
    return count == 0 ? Double.NaN : (double) generatorCpuMicros / count;
  }

  /// What the broker gave to disks for one delivery or connection, in bytes, or NaN when nothing.
  double writtenBytesEach() {
    return writtenBytes == 0 || count == 0 ? Double.NaN : (double) writtenBytes / count;
  }

  /// The memory of the broker for one connection or subscription, or NaN: a few drown in what else
  /// the broker does with its memory.
  double growthBytesEach() {
    return cpuMicros < 0 || growthCount < GROWTH_COUNT_MIN
        ? Double.NaN
        : (double) growthBytes / growthCount;
  }

  /// How many there were in a second.
  double perSecond() {
    return count / seconds;
  }

  /// Whether every message came once, in order, and no connection broke.
  boolean isFlawless() {
    return lost == 0 && duplicate == 0 && outOfOrder == 0 && failures == 0;
  }
}
