package dev.midge.broker;

/// What a session, and what is acknowledged to its publishers, outlives.
public enum Durability {
  /// Nothing: it is kept in memory only.
  NONE,
  /// The process: acknowledged when the operating system has it, which writes it to disk within a
  /// second.
  OS,
  /// The machine: acknowledged when it is on disk.
  DISK;

  /// The lower of two: what a client may ask for beneath what its listener offers.
  public Durability atMost(Durability other) {
    return compareTo(other) <= 0 ? this : other;
  }

  /// The higher of two: what a group of changes needs.
  public Durability atLeast(Durability other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
