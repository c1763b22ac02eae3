package dev.midge.listener;

import dev.midge.broker.ServerLimits;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A folder of listener files: `defaults.yaml`, and a `PORT-NAME.yaml` for each listener.
///
/// All of it is read strictly: whatever is unknown, missing or out of range is told to the user
/// before anything opens, instead of being ignored or mended.
public final class ListenerFiles {

  private static final String DEFAULTS = "defaults.yaml";
  private static final Pattern FILE_NAME =
      Pattern.compile("([1-9]\\d{0,4})-([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\\.yaml");

  private final Path folder;
  private final AutoBounds auto;
  private final Problems problems = new Problems();

  private ListenerFiles(Path folder, long heapBytes) {
    this.folder = folder;
    this.auto = AutoBounds.of(heapBytes);
  }

  /// Loads a folder.
  ///
  /// @param only the names of the listeners to open, or none for all of them
  /// @param portOffset what will be added to each port
  /// @param heapBytes what `auto` bounds are sized from: the most that the heap may grow to
  /// @throws InvalidConfiguration if anything in the folder is wrong, with all that is
  public static LoadedListeners load(
      Path folder, Set<String> only, int portOffset, long heapBytes) {
    return new ListenerFiles(folder, heapBytes).load(only, portOffset);
  }

  private LoadedListeners load(Set<String> only, int portOffset) {
    List<String> files = files();
    YamlMapping defaults = readDefaults();
    problems.throwIfAny();

    Settings shared = new Settings(defaults, YamlMapping.empty(defaults.file()), problems);
    ListenerReader reader = new ListenerReader(shared, auto, problems);
    reader.checkSharedKeys();
    ServerLimits serverLimits = reader.serverLimits();
    long storeBytesMax = reader.storeBytesMax();
    int loops = reader.loops();
    long inboundBytesMax = reader.inboundBytesMax();
    HandshakeBounds handshakes = reader.handshakes();
    shared.refuseUnknownKeys();
    problems.throwIfAny();

    Map<String, ListenerSpec> listeners = new LinkedHashMap<>();
    for (String file : files) {
      readListener(file, defaults).ifPresent(spec -> add(spec, listeners));
    }
    problems.throwIfAny();

    List<ListenerSpec> chosen = choose(listeners, only);
    chosen.forEach(spec -> checkOffset(spec, portOffset));
    problems.throwIfAny();
    return new LoadedListeners(
        chosen, serverLimits, storeBytesMax, loops, inboundBytesMax, handshakes);
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
      problems.throwIfAny();
    }
    names.remove(DEFAULTS);
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

  /// Reads a file; nothing if it has any problem.
  private Optional<ListenerSpec> readListener(String file, YamlMapping defaults) {
    int before = problems.count();
    Matcher name = FILE_NAME.matcher(file);
    if (!name.matches()) {
      problems.add(
          new Place(shown(file), 0),
          "this is no name for a listener file",
          "Name it after its port and name, in lower case, like 1883-plain.yaml.");
      return Optional.empty();
    }
    YamlMapping own = YamlMapping.read(folder.resolve(file), shown(file), problems);
    if (problems.count() > before) {
      return Optional.empty();
    }
    Settings settings = new Settings(own, defaults, problems);
    ListenerSpec spec = new ListenerReader(settings, auto, problems).listener();
    settings.refuseUnknownKeys();
    if (problems.count() == before) {
      checkName(file, name, settings, spec);
    }
    return problems.count() == before ? Optional.of(spec) : Optional.empty();
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

  private List<ListenerSpec> choose(Map<String, ListenerSpec> listeners, Set<String> only) {
    for (String name : only) {
      if (!listeners.containsKey(name)) {
        problems.add(
            new Place("--only", 0),
            "there is no listener '" + name + "'",
            Spelling.suggest(name, listeners.keySet()));
      }
    }
    return listeners.values().stream()
        .filter(spec -> only.isEmpty() || only.contains(spec.name()))
        .toList();
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
