package dev.midge.acme;

import dev.midge.config.InvalidConfiguration;
import dev.midge.config.Place;
import dev.midge.config.Problems;

/// How an authority is shown that a name is ours.
public enum Proof {
  /// It asks the web site, at port 80.
  HTTP_01("http-01"),
  /// It asks in a TLS handshake, at port 443.
  TLS_ALPN_01("tls-alpn-01");

  private final String word;

  Proof(String word) {
    this.word = word;
  }

  /// The one with this word.
  ///
  /// @throws InvalidConfiguration if there is none
  public static Proof of(String word) {
    Problems problems = new Problems();
    Proof found = null;
    for (Proof proof : values()) {
      found = proof.word.equals(word) ? proof : found;
    }
    if (found == null) {
      problems.add(
          new Place("--acme-proof", 0),
          "there is no proof '" + word + "'",
          "There are http-01 and tls-alpn-01.");
    }
    problems.throwIfAny();
    return found == null ? HTTP_01 : found;
  }

  /// The word for it in options and in the protocol.
  @Override
  public String toString() {
    return word;
  }
}
