package dev.midge.config;

/// Where something was said: a file and a line of it, as shown to the user.
///
/// @param file the file as the user would name it
/// @param line the line, from 1, or 0 for the file as a whole
public record Place(String file, int line) {

  /// The place as editors and terminals understand it: `listeners/1883-plain.yaml:7`.
  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line;
  }
}
