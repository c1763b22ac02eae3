package dev.midge.web;

import java.util.Locale;

/// What a figure counts, which decides how it is written: in few digits, that people can compare.
enum Quantity {
  COUNT("", 1),
  RATE("", 1),
  BYTES("B", 1),
  PERCENT(" %", 100);

  private static final String PREFIXES = "kMGT";

  private final String unit;
  private final double scale;

  Quantity(String unit, double scale) {
    this.unit = unit;
    this.scale = scale;
  }

  /// The word for it in pages.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The figure for people: `12.3 k`, `4.56 MB`, `7 %`.
  String text(double value) {
    double left = value * scale;
    int prefix = -1;
    while (left >= 999.5 && prefix < PREFIXES.length() - 1) {
      left /= 1000;
      prefix++;
    }
    boolean isWhole = left == Math.rint(left) && prefix < 0;
    int digits = isWhole || left >= 99.95 ? 0 : left >= 9.995 ? 1 : prefix < 0 ? 1 : 2;
    String number = String.format(Locale.ROOT, "%." + digits + "f", left);
    String suffix = (prefix < 0 ? "" : PREFIXES.substring(prefix, prefix + 1)) + unit.strip();
    return suffix.isEmpty() ? number : number + "\u00a0" + suffix;
  }
}
