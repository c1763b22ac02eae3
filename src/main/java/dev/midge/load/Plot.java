package dev.midge.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Lines over steps, as SVG. The libraries that draw such lines on a JVM do it with `java.desktop`
/// and the fonts of the machine, which the runtime that Midge is packaged with has neither of.
///
/// @param steps what the values stand over, from left to right
/// @param isLogarithmic whether values are shown by their magnitude; else from 0
record Plot(
    String title, String unit, List<String> steps, List<Line> lines, boolean isLogarithmic) {

  /// A line through a value for each step; there is none where it is not a number.
  record Line(String name, List<Double> values) {}

  private static final int WIDTH = 760;
  private static final int HEIGHT = 340;
  private static final int LEFT = 70;
  private static final int RIGHT = 150;
  private static final int TOP = 44;
  private static final int BOTTOM = 40;
  private static final int LINE_HEIGHT = 18;
  private static final int STEPS_NAMED_MAX = 12;

  /// Colours that almost everybody can tell apart.
  private static final List<String> COLOURS =
      List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9");

  /// The picture.
  String svg() {
    Markup svg = new Markup();
    svg.element(
        "svg",
        () -> {
          svg.element("title", title);
          svg.element("rect", "", "width", WIDTH, "height", HEIGHT, "fill", "#ffffff");
          text(svg, LEFT, 20, "start", title, "#000000");
          text(svg, LEFT, 36, "start", unit, "#555555");
          scale(svg);
          steps(svg);
          for (int i = 0; i < lines.size(); i++) {
            line(svg, i);
          }
        },
        "xmlns",
        "http://www.w3.org/2000/svg",
        "viewBox",
        "0 0 %d %d".formatted(WIDTH, HEIGHT),
        "width",
        WIDTH,
        "height",
        HEIGHT,
        "font-family",
        "sans-serif",
        "font-size",
        12);
    return svg.toString();
  }

  private void scale(Markup svg) {
    for (double mark : marks()) {
      double y = y(mark);
      straight(svg, LEFT, y, WIDTH - RIGHT, y, "#dddddd");
      text(svg, LEFT - 8, y + 4, "end", figure(mark), "#555555");
    }
  }

  private void steps(Markup svg) {
    int every = (steps.size() + STEPS_NAMED_MAX - 1) / STEPS_NAMED_MAX;
    for (int i = 0; i < steps.size(); i += Math.max(every, 1)) {
      straight(svg, x(i), HEIGHT - BOTTOM, x(i), HEIGHT - BOTTOM + 5, "#555555");
      text(svg, x(i), HEIGHT - BOTTOM + 20, "middle", steps.get(i), "#555555");
    }
  }

  private void line(Markup svg, int number) {
    Line line = lines.get(number);
    String colour = COLOURS.get(number % COLOURS.size());
    List<String> points = new ArrayList<>();
    for (int i = 0; i < line.values.size(); i++) {
      double value = line.values.get(i);
      if (isDrawable(value)) {
        points.add("%s,%s".formatted(place(x(i)), place(y(value))));
        int step = i;
        svg.element(
            "circle",
            () -> svg.element("title", line.name + ", " + steps.get(step) + ": " + figure(value)),
            "cx",
            place(x(i)),
            "cy",
            place(y(value)),
            "r",
            3,
            "fill",
            colour);
      }
    }
    svg.element(
        "polyline",
        "",
        "points",
        String.join(" ", points),
        "fill",
        "none",
        "stroke",
        colour,
        "stroke-width",
        2);
    double y = TOP + number * LINE_HEIGHT + 8.0;
    straight(svg, WIDTH - RIGHT + 12, y, WIDTH - RIGHT + 30, y, colour);
    text(svg, WIDTH - RIGHT + 36, y + 4, "start", line.name, "#000000");
  }

  private static void straight(
      Markup svg, double x1, double y1, double x2, double y2, String colour) {
    svg.element(
        "line", "", "x1", place(x1), "y1", place(y1), "x2", place(x2), "y2", place(y2), "stroke",
        colour);
  }

  private static void text(
      Markup svg, double x, double y, String anchor, String text, String colour) {
    svg.element("text", text, "x", place(x), "y", place(y), "text-anchor", anchor, "fill", colour);
  }

  // Where things are.

  private double x(int step) {
    double width = WIDTH - LEFT - RIGHT;
    return steps.size() < 2
        ? LEFT + width / 2
        : LEFT + 10 + (width - 20) * step / (steps.size() - 1);
  }

  private double y(double value) {
    List<Double> marks = marks();
    double low = position(marks.getFirst());
    double high = position(marks.getLast());
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (position(value) - low) / (high - low);
  }

  private double position(double value) {
    return isLogarithmic ? Math.log10(value) : value;
  }

  /// The round values around all others.
  private List<Double> marks() {
    double low = extreme(true);
    double high = extreme(false);
    List<Double> marks = new ArrayList<>();
    if (isLogarithmic) {
      int first = (int) Math.floor(Math.log10(low));
      int last = Math.max(first + 1, (int) Math.ceil(Math.log10(high)));
      for (int power = first; power <= last; power++) {
        marks.add(Math.pow(10, power));
      }
    } else {
      double top = Math.max(high, 1);
      double magnitude = Math.pow(10, Math.floor(Math.log10(top)));
      double step = top > 5 * magnitude ? 2 * magnitude : magnitude / (top > 2 * magnitude ? 1 : 2);
      for (double mark = 0; mark < top + step; mark += step) {
        marks.add(mark);
      }
    }
    return marks;
  }

  private double extreme(boolean isLeast) {
    var values =
        lines.stream()
            .flatMap(line -> line.values.stream())
            .mapToDouble(Double::doubleValue)
            .filter(this::isDrawable);
    return (isLeast ? values.min() : values.max()).orElse(1);
  }

  private boolean isDrawable(double value) {
    return Double.isFinite(value) && (isLogarithmic ? value > 0 : value >= 0);
  }

  private static String place(double coordinate) {
    return String.format(Locale.ROOT, "%.1f", coordinate);
  }

  private static String figure(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,.0f", value)
        : Results.decimal(value).replaceAll("(\\.\\d*?)0+$", "$1");
  }
}
