package dev.midge.listener;

import java.util.regex.Pattern;

/// A text as one word of a shell command.
public record ShellWord(String text) {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@%+=,-]+");

  /// The text, in quotes if it needs them.
  @Override
  public String toString() {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
