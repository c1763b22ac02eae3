package dev.midge.certs;

/// The one thing that is wrong with a certificate, for a client that trusts our root and asks for
/// `localhost`.
public enum Fault {
  NONE("none"),
  EXPIRED("expired"),
  NOT_YET_VALID("not-yet-valid"),
  /// It is for other names.
  WRONG_HOST("wrong-host"),
  /// Its name stands in the subject only, where clients have not looked for years.
  NO_NAMES("no-names"),
  SELF_SIGNED("self-signed"),
  /// It is signed by a root that nobody has heard of.
  UNKNOWN_CA("unknown-ca"),
  /// It comes without the authority between it and the root.
  MISSING_INTERMEDIATE("missing-intermediate");

  private final String word;

  Fault(String word) {
    this.word = word;
  }

  /// The word for it in files.
  @Override
  public String toString() {
    return word;
  }
}
