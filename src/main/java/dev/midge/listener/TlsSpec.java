package dev.midge.listener;

import dev.midge.config.Place;
import java.util.List;
import java.util.stream.Stream;

/// How a listener speaks TLS.
///
/// @param certificate the name of the certificate that it shows
/// @param place where the file says so
/// @param byName the names of further certificates, each shown to clients that ask for a host that
///   it is for and those before it are not
/// @param isNameRequired whether clients are refused that ask for none of these hosts
/// @param clients whether clients must show one, too
/// @param versions what it speaks: `TLSv1.2`, `TLSv1.3`
/// @param handshake how far it gets
public record TlsSpec(
    String certificate,
    Place place,
    List<String> byName,
    boolean isNameRequired,
    Clients clients,
    List<String> versions,
    Handshake handshake) {

  /// All certificates that it may show, the first one first.
  public List<String> certificates() {
    return Stream.concat(Stream.of(certificate), byName.stream()).toList();
  }

  /// How far a handshake gets.
  public enum Handshake {
    COMPLETES,
    /// The server sends half of its first answer, and is silent then.
    STALLS,
    /// The server sends half of its first answer and closes.
    IS_CUT
  }

  /// What a client must show.
  public enum Clients {
    NONE,
    /// None, or one of our authority, the name of which becomes the user name.
    OPTIONAL,
    /// A certificate of our authority. Its name becomes the user name.
    REQUIRED
  }
}
