package dev.midge.kit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

  /// Asks for programs on the path.
  public static void programs(String... names) {
    List<String> missing = new ArrayList<>(List.of(names));
    for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      missing.removeIf(name -> Files.isExecutable(Path.of(folder, name)));
    }
    require(missing.isEmpty(), "Not here: " + missing + ". ./midge test as root installs them.");
  }

  /// Asks for the rights of root on Linux.
  public static void rootAccess() {
    require("root".equals(System.getProperty("user.name")), "This test boots systems, as root.");
  }
}
