package dev.midge.web;

import dev.midge.history.History;
import dev.midge.history.Incidents;
import dev.midge.history.Uptimes;
import dev.midge.observe.Vitals;
import dev.midge.probe.ProbeRound;
import java.util.function.Supplier;

/// What is watched while the server runs.
///
/// @param vitals the figures of this moment
/// @param history the same until now
/// @param uptimes whether each listener was as it promises, by its name
/// @param incidents when one was not
/// @param probes what came of the latest look at all of them
public record Watched(
    Vitals vitals,
    History history,
    Uptimes uptimes,
    Incidents incidents,
    Supplier<ProbeRound> probes) {}
