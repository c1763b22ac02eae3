package dev.midge.certs;

/// Why a client was refused for its certificate.
public enum ClientRefusal {
  /// It showed none.
  NONE("none"),
  /// It is over.
  EXPIRED("expired"),
  /// It has not begun.
  NOT_YET_VALID("not-yet-valid"),
  /// Another authority signed it.
  FOREIGN("foreign"),
  /// It was withdrawn.
  REVOKED("revoked"),
  /// It is not for clients, or has no name that can be a user name.
  UNSUITABLE("unsuitable"),
  /// It could not be judged, by no fault of the client.
  UNDECIDED("undecided");

  private final String word;

  ClientRefusal(String word) {
    this.word = word;
  }

  /// The word for it in logs and metrics.
  @Override
  public String toString() {
    return word;
  }
}
