package dev.midge;

import dev.midge.acme.AcmeSettings;
import dev.midge.certs.BroughtRoot;
import dev.midge.listener.ListenerSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one run of the server is told on its command line.
///
/// @param files where the configuration is
/// @param data the folder for all that the server writes
/// @param bind the address to open ports at, or an empty string for all of the machine's
/// @param randomPorts whether each listener gets any free port instead of its own
/// @param domains the names that the world knows the server by
/// @param acme who is asked for a certificate for them, or null for nobody
/// @param root a root to take the place of the one that is there, or that would be made
public record ServeSettings(
    Configuration.Source files,
    Path data,
    String bind,
    boolean randomPorts,
    List<String> domains,
    @Nullable AcmeSettings acme,
    Optional<Root> root) {

  /// A root that is brought in.
  ///
  /// @param files where it is
  /// @param overlapDays how long clients that trust the one before are still served
  public record Root(BroughtRoot files, int overlapDays) {}

  /// Those of a server that the world does not know.
  public ServeSettings(Configuration.Source files, Path data, String bind, boolean randomPorts) {
    this(files, data, bind, randomPorts, List.of(), null, Optional.empty());
  }

  /// The same server, with a public certificate.
  public ServeSettings with(AcmeSettings acme) {
    return new ServeSettings(files, data, bind, randomPorts, acme.domains(), acme, root);
  }

  /// The same server, with a root that is brought in.
  public ServeSettings with(Root root) {
    return new ServeSettings(files, data, bind, randomPorts, domains, acme, Optional.of(root));
  }

  /// The port to open for a listener, or 0 for any that is free.
  int port(ListenerSpec spec) {
    return randomPorts ? 0 : spec.port() + files.choice().portOffset();
  }
}
