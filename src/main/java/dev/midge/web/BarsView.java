package dev.midge.web;

import java.util.List;

/// The bars of an uptime as the paths of a picture: one for each kind, so that a page with very
/// many bars stays small.
///
/// @param kind that of all its bars
/// @param path the outline of all of them, in a picture of one unit for each bar
record BarsView(String kind, String path) {
  private static final int HEIGHT = 10;

  static List<BarsView> of(List<UptimeView.Bar> bars) {
    return bars.stream()
        .map(UptimeView.Bar::kind)
        .distinct()
        .map(kind -> new BarsView(kind, path(bars, kind)))
        .toList();
  }

  private static String path(List<UptimeView.Bar> bars, String kind) {
    StringBuilder path = new StringBuilder();
    int begin = 0;
    while (begin < bars.size()) {
      int end = begin;
      while (end < bars.size() && bars.get(end).kind().equals(kind)) {
        end++;
      }
      if (end > begin) {
        path.append("M%d 0h%dv%dh-%dz".formatted(begin, end - begin, HEIGHT, end - begin));
      }
      begin = end + 1;
    }
    return path.toString();
  }
}
