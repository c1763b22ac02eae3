package dev.midge.certs;

/// Who is told what came of TLS handshakes, and which clients were refused for their certificates.
/// A port; called on event loops, and must not block.
public interface RefusalJournal {
  /// Nobody cares.
  RefusalJournal NOBODY = (_, _, _) -> {};

  /// That of one listener.
  ///
  /// @param listener its name
  default RefusalJournal at(String listener) {
    return this;
  }

  /// A client was refused.
  ///
  /// @param remoteAddress where it is
  /// @param detail what is wrong, in a clause; parts of it may be chosen by the client
  void refused(String remoteAddress, ClientRefusal reason, String detail);

  /// A handshake was done.
  ///
  /// @param version the version, as `TLSv1.3`
  /// @param cipherSuite the name of the cipher suite
  default void shaken(String version, String cipherSuite) {}

  /// A handshake broke.
  ///
  /// @param cause what the library of TLS says, in words that may be anything
  default void broken(String cause) {}
}
