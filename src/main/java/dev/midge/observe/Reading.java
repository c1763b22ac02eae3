package dev.midge.observe;

import java.util.Map;

/// What there is and what has happened since the start, in numbers, at one moment. What is said of
/// packets and bytes is of clients and MQTT, without what carries it.
///
/// @param uptimeSeconds how long the server runs
/// @param connected clients that are connected
/// @param sessions sessions, connected or not
/// @param expired sessions that ended at the end of their expiry interval
/// @param subscriptions subscriptions, shared ones too
/// @param sharedSubscriptions the shared ones of those
/// @param retained retained messages
/// @param queued messages that wait for clients, one for each receiver
/// @param inflight messages that clients have not acknowledged to the end
/// @param storedBytes what retained, waiting and unacknowledged messages take in memory, or would
///   take, roughly
/// @param sockets network connections that were accepted
/// @param connects CONNECT packets
/// @param packetsReceived packets of any type
/// @param packetsSent packets of any type
/// @param publishesReceived PUBLISH packets
/// @param publishesSent PUBLISH packets
/// @param publishesDropped messages that did not reach somebody for want of room
/// @param refused connections that ended before a client was let in
/// @param bytesReceived bytes of all packets
/// @param bytesSent bytes of all packets
/// @param payloadReceivedBytes bytes of the payloads of messages
/// @param payloadSentBytes bytes of the payloads of messages
/// @param heapBytes the memory that the heap takes
/// @param residentBytes the memory of the machine that the process has
/// @param losses what did not arrive and who was not let in, by kind
public record Reading(
    long uptimeSeconds,
    long connected,
    long sessions,
    long expired,
    long subscriptions,
    long sharedSubscriptions,
    long retained,
    long queued,
    long inflight,
    long storedBytes,
    long sockets,
    long connects,
    long packetsReceived,
    long packetsSent,
    long publishesReceived,
    long publishesSent,
    long publishesDropped,
    long refused,
    long bytesReceived,
    long bytesSent,
    long payloadReceivedBytes,
    long payloadSentBytes,
    long heapBytes,
    long residentBytes,
    Map<Loss, Long> losses) {}
