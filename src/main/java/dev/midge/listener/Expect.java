package dev.midge.listener;

/// What a listener promises to a plain client of its transport, as tests hold it to.
///
/// @param connect how it answers CONNECT
public record Expect(Outcome connect) {

  /// How a CONNECT ends.
  public enum Outcome {
    ACCEPTED,
    REFUSED
  }
}
