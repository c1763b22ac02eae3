package dev.midge.certs;

/// What a certificate is for.
public enum Kind {
  /// An authority that clients are told to trust.
  ROOT,
  /// An authority that a root vouches for, and that signs what is shown to clients.
  INTERMEDIATE,
  /// What a listener shows to its clients.
  SERVER,
  /// What a client shows to a listener. There are no recipes for these.
  CLIENT
}
