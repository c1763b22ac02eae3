package dev.midge.certs;

/// What a certificate for a client is like: good, or bad in one way, for tests of servers and of
/// clients that must notice.
public enum Variant {
  GOOD("good"),
  /// It ended a day ago.
  EXPIRED("expired"),
  /// It begins in a year.
  NOT_YET_VALID("not-yet-valid"),
  /// It is revoked before it is handed out.
  REVOKED("revoked"),
  /// It is signed by an authority that nobody has heard of.
  FOREIGN("foreign");

  private final String word;

  Variant(String word) {
    this.word = word;
  }

  /// The word for it in requests.
  @Override
  public String toString() {
    return word;
  }
}
