package dev.midge.broker;

/// Whose user name a listener takes, and what for a proof.
public enum Users {
  /// Any, as it comes, with whatever password.
  ANY,
  /// The one in the client's certificate, which the transport has checked.
  CERTIFIED,
  /// That of an account, with its password.
  ACCOUNTS,
  /// The one in a token that comes as the password.
  TOKENS,
  /// That of an account, whose password is proved by an exchange of AUTH packets.
  SCRAM;

  /// Whether a client has to prove who it is in CONNECT or after it.
  public boolean needsProof() {
    return this == ACCOUNTS || this == TOKENS || this == SCRAM;
  }
}
