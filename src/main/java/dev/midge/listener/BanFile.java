package dev.midge.listener;

import dev.midge.config.Problems;
import dev.midge.config.Settings;
import dev.midge.config.YamlMapping;
import dev.midge.limit.Network;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The file `bans.yaml` beside the listener files: whom the operator does not let in, each with the
/// reason. It need not be there.
public final class BanFile {
  /// Its name.
  public static final String NAME = "bans.yaml";

  private BanFile() {}

  /// Reads it, and notes all that is wrong with it.
  ///
  /// @param folder that of the listener files
  /// @return the reasons by network
  public static Map<String, String> read(Path folder, Problems problems) {
    Path path = folder.resolve(NAME);
    Map<String, String> reasons = new LinkedHashMap<>();
    if (Files.exists(path)) {
      YamlMapping mapping = YamlMapping.read(path, path.toString(), problems);
      Settings settings = new Settings(mapping, List.of(), problems);
      mapping
          .entries()
          .forEach((network, entry) -> {
            String reason = settings.text(network);
            if (isNetwork(network)) {
              reasons.put(network, reason);
            } else {
              problems.add(
                  entry.place(),
                  "'" + network + "' is no address and no network",
                  "Say it like 192.0.2.7 or 2001:db8::/32, and behind it why.");
            }
          });
    }
    return reasons;
  }

  private static boolean isNetwork(String text) {
    try {
      return Network.of(text).bits() > 0;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
