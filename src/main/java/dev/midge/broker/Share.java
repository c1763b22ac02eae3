package dev.midge.broker;

/// What an address may have its part of, beside what the server allows to all.
public enum Share {
  /// Sessions, connected or not.
  SESSIONS,
  /// Subscriptions of its sessions.
  SUBSCRIPTIONS,
  /// The memory of messages that wait for its clients, in bytes.
  QUEUED_BYTES,
  /// Messages that its clients had retained.
  RETAINED_MESSAGES,
  /// The memory that those take, in bytes.
  RETAINED_BYTES
}
