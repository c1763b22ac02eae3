package dev.midge.kit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// What a test needs of the machine. Continuous integration has all of it, so that nothing is
/// skipped there; on a developer's machine a test without it is.
public final class Requirement {
  private static final boolean CI = "true".equals(System.getenv("CI"));

  private Requirement() {}

  /// Fails in continuous integration where something is not here, skips the test elsewhere.
  ///
  /// @param otherwise what is missing, and how to get it
  public static void require(boolean isHere, String otherwise) {
    if (CI && !isHere) {
      throw new AssertionError(otherwise);
    }
    assumeTrue(isHere, otherwise);
  }
}
