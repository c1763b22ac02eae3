package dev.midge.history;

import java.util.List;

/// Figures over time, a column for each.
///
/// @param times the beginning of each step, in seconds since the epoch; steps without figures are
///   left out
/// @param columns the averages of each figure, one for each time
public record Columns(List<Long> times, List<List<Float>> columns) {}
