package dev.midge.acme;

/// What came of asking an authority whether it has revoked a certificate.
public enum StatusResult {
  /// It is good.
  GOOD,
  /// It is revoked.
  REVOKED,
  /// No answer that can be believed.
  NONE
}
