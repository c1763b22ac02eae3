package dev.midge.web;

import dev.midge.history.History;
import dev.midge.history.Uptimes;
import dev.midge.observe.Vitals;

/// What is watched while the server runs.
///
/// @param vitals the figures of this moment
/// @param history the same until now
/// @param uptimes whether each listener answered, by its name
public record Watched(Vitals vitals, History history, Uptimes uptimes) {}
