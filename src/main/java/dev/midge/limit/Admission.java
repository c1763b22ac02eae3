package dev.midge.limit;

/// Whether a connection may come in.
public enum Admission {
  /// It may.
  ADMITTED,
  /// Its address has as many connections as it may.
  TOO_MANY_CONNECTIONS,
  /// Its address opens connections faster than it may.
  TOO_MANY_CONNECTS,
  /// Too many connections of its address ended before anybody was let in.
  TOO_MANY_FAILURES,
  /// Its address is banned.
  BANNED
}
