package dev.midge.listener;

/// What the server says and does by itself.
///
/// @param sysSeconds how often it says what it is doing, under `$SYS/broker`, or 0 for never
/// @param demo whether there is demo traffic, under `demo`
/// @param watchSeconds how often it looks whether each listener answers, or 0 for never, and then
///   it keeps no history either
/// @param contact whom its web site tells people to write to, or an empty string
public record Broadcasts(int sysSeconds, boolean demo, int watchSeconds, String contact) {}
