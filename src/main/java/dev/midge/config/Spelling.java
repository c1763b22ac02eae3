package dev.midge.config;

import java.util.Collection;
import java.util.Comparator;

/// Guesses what a user meant to write.
public final class Spelling {

  private Spelling() {}

  /// Suggests the known word nearest to `word`; where none is near, lists them all.
  public static String suggest(String word, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
        .filter(nearest -> distance(word, nearest) <= 1 + nearest.length() / 3)
        .map(nearest -> "Did you mean '" + nearest + "'?")
        .orElseGet(() -> "Known here: " + String.join(", ", known) + ".");
  }

  /// How many letters must be inserted, removed or replaced to make one word of the other.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
