package dev.midge.listener;

import dev.midge.config.InvalidConfiguration;
import dev.midge.config.Place;
import dev.midge.config.Problems;
import dev.midge.config.Settings;
import dev.midge.config.Spelling;
import dev.midge.config.YamlMapping;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A folder of listener files: `defaults.yaml`, profiles that take the place of the defaults, and a
/// `PORT-NAME.yaml` for each listener.
///
/// All of it is read strictly: whatever is unknown, missing or out of range is told to the user
/// before anything opens, instead of being ignored or mended.
public final class ListenerFiles {

  /// The folder of the profiles, in that of the listeners.
  public static final String PROFILES = "profiles";

  /// The profile that there is without a file: the defaults as they are.
  public static final String LOCAL = "local";

  private static final String DEFAULTS = "defaults.yaml";

  /// The files of the folder that are for all listeners.
  private static final Set<String> NO_LISTENERS = Set.of(DEFAULTS, "access.yaml", BanFile.NAME);

  private static final Pattern FILE_NAME =
      Pattern.compile("([1-9]\\d{0,4})-([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\\.yaml");

  private final Path folder;
  private final AutoBounds auto;
  private final Problems problems;

  private ListenerFiles(Path folder, long heapBytes, Problems problems) {
    this.folder = folder;
    this.auto = AutoBounds.of(heapBytes);
    this.problems = problems;
  }

  /// Loads a folder as it is for a closed network, without a profile.
  ///
  /// @param only the names of the listeners to open, or none for all of them
  /// @param portOffset what will be added to each port
  /// @param heapBytes what `auto` bounds are sized from: the most that the heap may grow to
  /// @throws InvalidConfiguration if anything in the folder is wrong, with all that is
  public static LoadedListeners load(
      Path folder, Set<String> only, int portOffset, long heapBytes) {
    Problems problems = new Problems();
    Choice choice = new Choice(only, Map.of(), portOffset);
    LoadedListeners loaded = read(folder, LOCAL, choice, heapBytes, problems);
    problems.throwIfAny();
    return loaded;
  }

  /// Reads a folder under a profile, and notes all that is wrong with it; what was read is of use
  /// only if nothing is.
  ///
  /// @param profile the name of a file in the folder's `profiles`, whose settings take the place of
  ///   the defaults; [#LOCAL] needs no file
  public static LoadedListeners read(
      Path folder, String profile, Choice choice, long heapBytes, Problems problems) {
    return new ListenerFiles(folder, heapBytes, problems).read(profile, choice);
  }

  /// The names of the profiles that a folder has, with [#LOCAL]; what cannot be listed is none.
  public static SortedSet<String> profiles(Path folder) {
    SortedSet<String> names = new TreeSet<>(Set.of(LOCAL));
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder.resolve(PROFILES), "[!.]*.yaml")) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        names.add(name.substring(0, name.length() - ".yaml".length()));
      }
    } catch (IOException | DirectoryIteratorException e) {
      return names;
    }
    return names;
  }

  private LoadedListeners read(String profile, Choice choice) {
    List<String> files = files();
    if (!Files.isDirectory(folder)) {
      return LoadedListeners.NONE;
    }
    int before = problems.count();
    YamlMapping defaults = readDefaults();
    if (problems.count() > before) { // Each key of each file would be missing.
      files.forEach(file -> YamlMapping.read(folder.resolve(file), shown(file), problems));
      return LoadedListeners.NONE;
    }
    List<YamlMapping> layers = List.of(defaults);
    LoadedListeners shared = readShared(defaults, List.of());
    if (!profile.equals(LOCAL) || Files.exists(folder.resolve(profileFile(LOCAL)))) {
      YamlMapping own = readProfile(profile);
      shared = readShared(own, layers);
      layers = List.of(own, defaults);
    }
    Map<String, ListenerSpec> listeners = new LinkedHashMap<>();
    for (String file : files) {
      ListenerSpec spec = readListener(file, layers);
      if (spec != null) {
        Integer port = choice.ports().get(spec.name());
        add(port == null ? spec : spec.at(port, new Place("--port", 0)), listeners);
      }
    }
    checkNames("--only", choice.only(), files);
    checkNames("--port", choice.ports().keySet(), files);
    List<ListenerSpec> chosen =
        listeners.values().stream()
            .filter(spec -> choice.only().isEmpty() || choice.only().contains(spec.name()))
            .toList();
    chosen.forEach(spec -> checkOffset(spec, choice.portOffset()));
    return shared.with(chosen);
  }

  /// Reads what the defaults, or a profile above them, say for all listeners.
  private LoadedListeners readShared(YamlMapping own, List<YamlMapping> below) {
    Settings settings = new Settings(own, below, problems);
    LoadedListeners shared = new ListenerReader(settings, auto, problems).shared();
    settings.refuseUnknownKeys();
    return shared;
  }

  /// The names of the listener files, by port.
  private List<String> files() {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder, "[!.]*.{yaml,yml}")) {
      paths.forEach(path -> names.add(String.valueOf(path.getFileName())));
    } catch (IOException | DirectoryIteratorException e) {
      boolean isFolder = Files.isDirectory(folder);
      problems.add(
          new Place(folder.toString(), 0),
          isFolder ? "cannot be read: " + e.getMessage() : "there is no such folder",
          "Name the folder of the listener files with --listeners.");
      return names;
    }
    names.removeAll(NO_LISTENERS);
    if (names.isEmpty()) {
      problems.add(
          new Place(folder.toString(), 0),
          "there is no listener file",
          "Add one, named after its port and name like 1883-plain.yaml.");
    }
    names.sort(Comparator.comparingInt(ListenerFiles::port).thenComparing(name -> name));
    return names;
  }

  private YamlMapping readDefaults() {
    if (Files.notExists(folder.resolve(DEFAULTS))) {
      problems.add(
          new Place(shown(DEFAULTS), 0),
          "this file is missing",
          "Copy it from Midge's own listeners: it has the defaults of all keys.");
      return YamlMapping.empty(shown(DEFAULTS));
    }
    return YamlMapping.read(folder.resolve(DEFAULTS), shown(DEFAULTS), problems);
  }

  private YamlMapping readProfile(String profile) {
    String file = profileFile(profile);
    if (Files.notExists(folder.resolve(file))) {
      problems.add(
          new Place("--profile", 0),
          "there is no profile '" + profile + "'",
          "It would be in " + shown(file) + ".");
      return YamlMapping.empty(shown(file));
    }
    return YamlMapping.read(folder.resolve(file), shown(file), problems);
  }

  private static String profileFile(String profile) {
    return PROFILES + "/" + profile + ".yaml";
  }

  /// Reads a file; null if it is not even known which listener it is.
  private @Nullable ListenerSpec readListener(String file, List<YamlMapping> layers) {
    int before = problems.count();
    Matcher name = FILE_NAME.matcher(file);
    if (!name.matches()) {
      problems.add(
          new Place(shown(file), 0),
          "this is no name for a listener file",
          "Name it after its port and name, in lower case, like 1883-plain.yaml.");
      return null;
    }
    YamlMapping own = YamlMapping.read(folder.resolve(file), shown(file), problems);
    if (problems.count() > before) {
      return null;
    }
    Settings settings = new Settings(own, layers, problems);
    ListenerSpec spec = new ListenerReader(settings, auto, problems).listener();
    settings.refuseUnknownKeys();
    if (!settings.isSound("name") || !settings.isSound("port")) {
      return null;
    }
    checkName(file, name, settings, spec);
    return spec;
  }

  private void checkName(String file, Matcher name, Settings settings, ListenerSpec spec) {
    String suggestion =
        "Mend it, or rename the file to " + spec.port() + "-" + spec.name() + ".yaml.";
    if (!name.group(1).equals(Integer.toString(spec.port()))) {
      problems.add(
          spec.portPlace(), "port " + spec.port() + " is not the port in " + file, suggestion);
    }
    if (!name.group(2).equals(spec.name())) {
      problems.add(
          settings.place("name"),
          "the name '" + spec.name() + "' is not the name in " + file,
          suggestion);
    }
  }

  /// Adds a listener, unless it clashes with one before it.
  private void add(ListenerSpec spec, Map<String, ListenerSpec> listeners) {
    listeners.values().stream()
        .filter(other -> other.port() == spec.port())
        .forEach(other ->
            problems.add(
                spec.portPlace(),
                "port " + spec.port() + " is the port of another listener",
                "It stands in " + other.portPlace() + " already."));
    ListenerSpec namesake = listeners.putIfAbsent(spec.name(), spec);
    if (namesake != null) {
      problems.add(
          new Place(spec.portPlace().file(), 0),
          "'" + spec.name() + "' is the name of another listener",
          "See " + namesake.portPlace().file() + ".");
    }
  }

  private void checkNames(String option, Set<String> named, List<String> files) {
    Set<String> names = new LinkedHashSet<>();
    for (String file : files) {
      Matcher name = FILE_NAME.matcher(file);
      names.add(name.matches() ? name.group(2) : file);
    }
    for (String name : named) {
      if (!names.contains(name)) {
        problems.add(
            new Place(option, 0),
            "there is no listener '" + name + "'",
            Spelling.suggest(name, names));
      }
    }
  }

  private void checkOffset(ListenerSpec spec, int portOffset) {
    int port = spec.port() + portOffset;
    if (port < 1 || port > 65_535) {
      problems.add(
          spec.portPlace(),
          "port " + spec.port() + " with --port-offset " + portOffset + " would be " + port,
          "Ports go from 1 to 65535: choose another offset, or --random-ports.");
    }
  }

  private String shown(String file) {
    return folder.resolve(file).toString();
  }

  /// The port in a file's name, or 0 if there is none.
  private static int port(String file) {
    Matcher name = FILE_NAME.matcher(file);
    return name.matches() ? Integer.parseInt(name.group(1)) : 0;
  }
}
