package dev.midge.listener;

/// What the server publishes by itself.
///
/// @param sysSeconds how often it says what it is doing, under `$SYS/broker`, or 0 for never
/// @param demo whether there is demo traffic, under `demo`
public record Broadcasts(int sysSeconds, boolean demo) {}
