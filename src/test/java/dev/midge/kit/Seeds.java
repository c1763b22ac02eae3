package dev.midge.kit;

import java.util.stream.LongStream;

/// Where chance in tests begins: `@MethodSource(Seeds.ALL)` runs a test with three seeds that are
/// always the same and one that never is. A run is repeated by `-Dmidge.seed=N`, with the number
/// that it printed.
public final class Seeds {
  /// The name of [#all] for a method source.
  public static final String ALL = "dev.midge.kit.Seeds#all";

  private static final long FRESH = Long.getLong("midge.seed", System.nanoTime());

  static {
    System.out.println("midge.seed=" + FRESH);
  }

  private Seeds() {}

  /// The seeds.
  public static LongStream all() {
    return LongStream.of(1, 2, 3, FRESH);
  }

  /// The seed of this run.
  public static long fresh() {
    return FRESH;
  }
}
