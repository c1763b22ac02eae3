package dev.midge;

import dev.midge.auth.Access;
import dev.midge.auth.AccessFile;
import dev.midge.certs.Recipe;
import dev.midge.certs.RecipeFiles;
import dev.midge.config.InvalidConfiguration;
import dev.midge.config.Problems;
import dev.midge.listener.BanFile;
import dev.midge.listener.Choice;
import dev.midge.listener.ListenerFiles;
import dev.midge.listener.LoadedListeners;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// All that the files say that a server is configured by. Immutable.
///
/// @param listeners what listeners there are, and what they share
/// @param access who may do what
/// @param bans whom the operator does not let in, each network with the reason
/// @param recipes of the server's certificates, by name
public record Configuration(
    LoadedListeners listeners,
    Access access,
    Map<String, String> bans,
    Map<String, Recipe> recipes) {

  /// Where the files are, and what part of them counts.
  ///
  /// @param listeners the folder of the listener files
  /// @param profile whose settings take the place of the defaults
  /// @param certs the folder of the recipes for certificates
  /// @param choice which listeners to open, and at which ports
  public record Source(Path listeners, String profile, Path certs, Choice choice) {
    /// The same with these listeners, or all if none is named, each at its own port and so much.
    public Source(Path listeners, String profile, Path certs, Set<String> only, int portOffset) {
      this(listeners, profile, certs, new Choice(only, Map.of(), portOffset));
    }
  }

  /// Reads the files.
  ///
  /// @throws InvalidConfiguration if anything is wrong with them; it says what, all of it
  public static Configuration read(Source source) {
    Problems problems = new Problems();
    Configuration configuration = read(source, problems);
    problems.throwIfAny();
    return configuration;
  }

  /// Reads the files, and notes all that is wrong with them; what was read is of use only if
  /// nothing is.
  public static Configuration read(Source source, Problems problems) {
    LoadedListeners listeners =
        ListenerFiles.read(
            source.listeners(),
            source.profile(),
            source.choice(),
            Runtime.getRuntime().maxMemory(),
            problems);
    Problems ofAccess = new Problems();
    Access access = AccessFile.read(source.listeners(), ofAccess);
    if (ofAccess.count() == 0) { // Else those that are missing may be the wrong ones.
      listeners.requirePolicies(access.policyNames(), problems);
    }
    Problems ofRecipes = new Problems();
    Map<String, Recipe> recipes = RecipeFiles.read(source.certs(), ofRecipes);
    if (ofRecipes.count() == 0) {
      listeners.requireCertificates(RecipeFiles.forServers(recipes), problems);
    }
    Map<String, String> bans = BanFile.read(source.listeners(), problems);
    problems.addAll(ofAccess);
    problems.addAll(ofRecipes);
    return new Configuration(listeners, access, bans, recipes);
  }

  /// What holds of another configuration when a server goes over to it while it runs.
  Configuration with(Configuration next) {
    return new Configuration(listeners.with(next.listeners), next.access, next.bans, recipes);
  }

  /// What differs from another configuration and cannot be changed while a server runs, in the
  /// words of the files.
  List<String> restartsFor(Configuration running) {
    LoadedListeners now = running.listeners;
    List<String> blocks = new ArrayList<>();
    if (!listeners.serverLimits().equals(now.serverLimits())
        || listeners.storeBytesMax() != now.storeBytesMax()
        || listeners.loops() != now.loops()
        || listeners.inboundBytesMax() != now.inboundBytesMax()
        || listeners.connectionsMax() != now.connectionsMax()
        || !listeners.handshakes().equals(now.handshakes())
        || !listeners.bytesOut().equals(now.bytesOut())
        || !listeners.broadcasts().equals(now.broadcasts())) {
      blocks.add("server");
    }
    return blocks;
  }
}
