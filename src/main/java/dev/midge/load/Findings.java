package dev.midge.load;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a durable run found out, told as it comes and as a table in the end.
final class Findings {

  /// What a figure should be.
  ///
  /// @param bound the least or most it may be, or NaN when it may be anything
  record Aim(double bound, boolean isMost) {
    static final Aim NONE = new Aim(Double.NaN, true);

    static Aim most(double bound) {
      return new Aim(bound, true);
    }

    static Aim least(double bound) {
      return new Aim(bound, false);
    }

    private boolean isMet(double value) {
      return Double.isNaN(bound) || (isMost ? value <= bound : value >= bound);
    }

    private String text() {
      return Double.isNaN(bound)
          ? "-"
          : (isMost ? "at most " : "at least ") + Findings.figure(bound);
    }
  }

  private final PrintWriter told;
  private final List<List<String>> rows = new ArrayList<>();
  private final boolean isSmall;
  private boolean areMet = true;

  /// @param told who is told each figure as it comes
  /// @param isSmall whether all is too short to aim at anything but that nothing is lost
  Findings(PrintWriter told, boolean isSmall) {
    this.told = told;
    this.isSmall = isSmall;
    rows.add(List.of("PART", "FIGURE", "BROKER", "VALUE", "AIM", "MET"));
  }

  /// Notes a figure.
  void add(String part, String figure, BrokerKind broker, double value) {
    add(part, figure, broker, value, Aim.NONE);
  }

  /// Notes a figure that should be something. What is not known meets no aim.
  void add(String part, String figure, BrokerKind broker, double value, Aim wanted) {
    Aim aim = isSmall && wanted.bound != 0 ? Aim.NONE : wanted;
    boolean hasAim = !Double.isNaN(aim.bound);
    boolean isMet = aim.isMet(value);
    areMet &= isMet;
    String verdict = hasAim ? isMet ? "yes" : "NO" : "-";
    List<String> row =
        List.of(part, figure, broker.title(), Results.decimal(value), aim.text(), verdict);
    rows.add(row);
    told.println("  " + String.join("  ", row.subList(1, row.size())));
    told.flush();
  }

  /// Whether all aims are met.
  boolean areMet() {
    return areMet;
  }

  /// All figures.
  List<String> table() {
    return Results.aligned(rows);
  }

  private static String figure(double bound) {
    return bound == Math.rint(bound)
        ? String.format(Locale.ROOT, "%,.0f", bound)
        : Results.decimal(bound);
  }
}
