package dev.midge.web;

import java.util.List;

/// Takes up the configuration as it is now in its files. Any thread.
@FunctionalInterface
public interface Reloading {
  /// Takes it up.
  Outcome run();

  /// What came of it.
  ///
  /// @param later the blocks that have changed and wait for the next start
  /// @param mistakes what is wrong, in lines with file and place; then nothing has changed
  record Outcome(List<String> later, List<String> mistakes) {}
}
