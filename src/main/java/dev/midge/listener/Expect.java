package dev.midge.listener;

import dev.midge.certs.Fault;

/// What a listener promises to a plain client of its transport, as tests hold it to.
///
/// @param connect how it answers CONNECT
/// @param fault what is wrong with its certificate, for a client that trusts our root and asks for
///   `localhost`
public record Expect(Outcome connect, Fault fault) {

  /// How a CONNECT ends.
  public enum Outcome {
    ACCEPTED,
    REFUSED
  }
}
