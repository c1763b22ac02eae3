package dev.midge.broker;

/// The bounds that all listeners share: what one server keeps at most.
///
/// @param sessionsMax sessions, connected or not
/// @param subscriptionsMax subscriptions of all sessions
/// @param retainedMessagesMax retained messages
/// @param retainedBytesMax the memory that they take
/// @param queuedBytesMax the memory that all messages waiting for clients take
/// @param outboundBytesMax the bytes that wait for all clients to read them
public record ServerLimits(
    int sessionsMax,
    int subscriptionsMax,
    long retainedMessagesMax,
    long retainedBytesMax,
    long queuedBytesMax,
    long outboundBytesMax) {}
