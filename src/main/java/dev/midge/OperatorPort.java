package dev.midge;

import dev.midge.broker.Inspection;
import dev.midge.config.InvalidConfiguration;
import dev.midge.limit.Addresses;
import dev.midge.limit.BanBook;
import dev.midge.listener.BindFailure;
import dev.midge.listener.ListenerSpec;
import dev.midge.listener.Site;
import dev.midge.listener.Transport;
import dev.midge.web.LazySite;
import dev.midge.web.OperatorSite;
import dev.midge.web.Reloading;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/// What is behind a port of the operator: the site, the token that it wants, and the bans that are
/// kept. Any thread.
final class OperatorPort {
  private final Path data;
  private final BanBook bans;
  private final Site site;

  /// @param data the folder in which token and bans are kept
  /// @param reload takes up the configuration as it is in its files, and returns what of it waits
  ///   for the next start
  OperatorPort(
      Path data, Addresses addresses, Inspection inspection, Supplier<List<String>> reload) {
    this.data = data;
    this.bans = new BanBook(data.resolve("operator-bans"), addresses, InstantSource.system());
    OperatorSite.Matter matter = new OperatorSite.Matter(bans, inspection, () -> outcome(reload));
    this.site = new LazySite(() -> new OperatorSite(OperatorToken.of(data), matter));
  }

  private static Reloading.Outcome outcome(Supplier<List<String>> reload) {
    try {
      return new Reloading.Outcome(reload.get(), List.of());
    } catch (InvalidConfiguration | BindFailure | StartFailure e) {
      return new Reloading.Outcome(List.of(), String.valueOf(e.getMessage()).lines().toList());
    }
  }

  /// What is served.
  Site site() {
    return site;
  }

  /// Makes the bans hold that an earlier process kept.
  ///
  /// @throws IOException if they cannot be read
  void open() throws IOException {
    bans.open();
  }

  /// No port of the operator is to open with a token that others know.
  ///
  /// @throws StartFailure if one of these listeners is such a port, and there is no good token
  void requireToken(List<ListenerSpec> specs) {
    if (specs.stream().anyMatch(spec -> spec.transport() == Transport.OPERATOR)) {
      byte[] _ = OperatorToken.of(data);
    }
  }
}
