package dev.midge.listener;

import java.util.Map;
import java.util.Set;

/// Which listeners of a folder are opened, and at which ports.
///
/// @param only the names of the listeners to open, or none for all of them
/// @param ports what takes the place of the ports in their files, by name
/// @param portOffset what will be added to each port
public record Choice(Set<String> only, Map<String, Integer> ports, int portOffset) {
  /// All of them, at the ports in their files.
  public static final Choice ALL = new Choice(Set.of(), Map.of(), 0);
}
