package dev.midge.listener;

import dev.midge.config.Place;
import java.util.List;

/// How a listener speaks TLS.
///
/// @param certificate the name of the certificate that it shows
/// @param place where the file says so
/// @param clients whether clients must show one, too
/// @param versions what it speaks: `TLSv1.2`, `TLSv1.3`
public record TlsSpec(String certificate, Place place, Clients clients, List<String> versions) {

  /// What a client must show.
  public enum Clients {
    NONE,
    /// A certificate of our authority. Its name becomes the user name.
    REQUIRED
  }
}
