package dev.midge.listener;

import dev.midge.broker.ServerLimits;
import java.util.List;

/// A folder of listener files, found valid.
///
/// @param listeners the listeners to open, by port
/// @param serverLimits what they share
/// @param loops how many event loops serve them
/// @param inboundBytesMax the memory that unfinished packets of all connections may take, in bytes
public record LoadedListeners(
    List<ListenerSpec> listeners, ServerLimits serverLimits, int loops, long inboundBytesMax) {}
