package dev.midge.listener;

/// What a client may send as frames of a WebSocket.
///
/// @param bytesMax the longest frame
/// @param controlsPerSecondMax how many control frames and empty frames in a second, or 0 for any
///   number
/// @param whenTooMany what to do when more come, on the loop of the connection
record FrameBounds(int bytesMax, int controlsPerSecondMax, Runnable whenTooMany) {}
