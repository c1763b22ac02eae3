package dev.midge.store;

import java.util.List;

/// What a store holds, for people.
///
/// @param families what is kept by kind
/// @param sessions how many sessions are kept
/// @param queuedCount how many messages wait for them
/// @param queuedBytes what those would take in memory, in bytes, roughly
/// @param inflightCount how many were sent to them and not acknowledged to the end
/// @param retained how many messages are retained
/// @param longest the sessions for which most waits, longest queue first
public record StoreReport(
    List<Kind> families,
    long sessions,
    long queuedCount,
    long queuedBytes,
    long inflightCount,
    long retained,
    List<Queue> longest) {
  /// One kind of what is kept.
  ///
  /// @param keys how many there are, roughly
  /// @param bytes what their files take
  public record Kind(String name, long keys, long bytes) {}

  /// The queue of one session.
  public record Queue(String clientId, int count, long bytes) {}
}
