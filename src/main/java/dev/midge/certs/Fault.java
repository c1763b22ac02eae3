package dev.midge.certs;

/// The one thing that is wrong with the TLS of a listener, for a client that trusts our root and
/// asks for `localhost`.
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
  MISSING_INTERMEDIATE("missing-intermediate"),
  /// Its authority has taken it back: it is in the list of those that were revoked.
  REVOKED("revoked"),
  /// What is shown has more bytes than a record of TLS, in eight certificates one above the other.
  HUGE_CHAIN("huge-chain"),
  /// Not of the certificate: only clients that say which host they want are let in (SNI).
  NAME_REQUIRED("name-required"),
  /// Not of the certificate: the server begins its answer and never ends it.
  HANDSHAKE_STALLS("handshake-stalls"),
  /// Not of the certificate: the server closes in the middle of its answer.
  HANDSHAKE_CUT("handshake-cut");

  private final String word;

  Fault(String word) {
    this.word = word;
  }

  /// Whether a recipe can say it.
  boolean isOfCertificate() {
    return compareTo(NAME_REQUIRED) < 0;
  }

  /// The word for it in files.
  @Override
  public String toString() {
    return word;
  }
}
