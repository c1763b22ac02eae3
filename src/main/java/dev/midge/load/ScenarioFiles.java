package dev.midge.load;

import dev.midge.load.Scenario.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads the files of scenarios, strictly: what they say wrongly is a [LoadFailure].
final class ScenarioFiles {

  /// A payload begins with its topic, its number and the time when it was due.
  static final int PAYLOAD_BYTES_MIN = 20;

  private static final Set<String> KEYS =
      Set.of(
          "name",
          "summary",
          "kind",
          "mqtt",
          "publishers",
          "subscribers",
          "topics",
          "topic",
          "filters",
          "qos",
          "payload_bytes",
          "window",
          "rate_per_second",
          "sessions",
          "warm_up_seconds",
          "measure_seconds");

  private final Path file;
  private final Map<?, ?> keys;

  private ScenarioFiles(Path file, Map<?, ?> keys) {
    this.file = file;
    this.keys = keys;
  }

  /// All scenarios of a folder, by the names of their files.
  static List<Scenario> read(Path folder) {
    List<Scenario> scenarios = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".yaml")).sorted().toList()) {
        scenarios.addAll(readFile(file));
      }
    } catch (IOException e) {
      throw new LoadFailure(
          folder + ": cannot be read. Name the folder of the scenarios with --scenarios.", e);
    }
    return scenarios;
  }

  /// Those of the scenarios that are meant: by their own name, or by that of their file.
  static List<Scenario> named(List<Scenario> all, List<String> names) {
    List<Scenario> chosen = new ArrayList<>();
    for (String name : names) {
      List<Scenario> meant =
          all.stream()
              .filter(scenario ->
                  scenario.name().equals(name) || scenario.name().matches(name + "-qos[012]"))
              .toList();
      if (meant.isEmpty()) {
        throw new LoadFailure(
            "there is no scenario '"
                + name
                + "'. There are: "
                + String.join(", ", all.stream().map(Scenario::name).toList()));
      }
      chosen.addAll(meant);
    }
    return names.isEmpty() ? all : chosen;
  }

  private static List<Scenario> readFile(Path file) throws IOException {
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
      if (new Load(settings).loadFromString(Files.readString(file)) instanceof Map<?, ?> keys) {
        return new ScenarioFiles(file, keys).scenarios();
      }
      throw new LoadFailure(file + ": a scenario is a list of 'key: value' lines");
    } catch (YamlEngineException e) {
      throw new LoadFailure(file + ": this is not YAML: " + e.getMessage(), e);
    }
  }

  private List<Scenario> scenarios() {
    for (Object key : keys.keySet()) {
      if (!KEYS.contains(String.valueOf(key))) {
        throw new LoadFailure(file + ": there is no key '" + key + "'");
      }
    }
    List<?> levels = keys.get("qos") instanceof List<?> list ? list : List.of(textOr("qos", "0"));
    List<Scenario> scenarios = new ArrayList<>();
    for (Object level : levels) {
      String suffix = levels.size() > 1 ? "-qos" + level : "";
      scenarios.add(scenario(text("name") + suffix, qos(level)));
    }
    return scenarios;
  }

  private int qos(Object level) {
    require(level.toString().matches("[012]"), "qos is 0, 1 or 2, or a list of them");
    return Integer.parseInt(level.toString());
  }

  private Scenario scenario(String name, int qos) {
    Kind kind = kind();
    int publishers = (int) number("publishers", kind == Kind.RETAINED ? 1 : 0);
    String topic = textOr("topic", "");
    Scenario scenario =
        new Scenario(
            name,
            text("summary"),
            kind,
            version(),
            publishers,
            (int) number("subscribers", 0),
            (int) number("topics", Math.max(publishers, 1)),
            topic,
            filters(topic),
            qos,
            (int) number("payload_bytes", 100),
            (int) number("window", 100),
            (int) number("rate_per_second", 0),
            number("warm_up_seconds", 3),
            number("measure_seconds", 5),
            isKept());
    require(
        scenario.payloadBytes() >= PAYLOAD_BYTES_MIN && scenario.payloadBytes() <= 1_000_000,
        "payload_bytes is 20 to 1000000");
    require(scenario.window() > 0 && scenario.window() <= 10_000, "window is 1 to 10000");
    require(
        kind == Kind.CONNECT
            || kind == Kind.FLOOD
            || (scenario.subscribers() > 0 && !topic.isEmpty()),
        "this kind needs subscribers and a topic");
    require(
        kind != Kind.FLOW || (publishers > 0 && scenario.topics() >= publishers),
        "a flow needs publishers, and a topic for each");
    return scenario;
  }

  private Kind kind() {
    String word = textOr("kind", "flow").toUpperCase(Locale.ROOT);
    for (Kind kind : Kind.values()) {
      if (kind.name().equals(word)) {
        return kind;
      }
    }
    throw new LoadFailure(file + ": kind is flow, connect, flood, idle or retained");
  }

  private boolean isKept() {
    String sessions = textOr("sessions", "clean");
    require(sessions.matches("clean|kept"), "sessions are clean or kept");
    return sessions.equals("kept");
  }

  private int version() {
    String version = textOr("mqtt", "3.1.1");
    require(version.equals("3.1.1") || version.equals("5.0"), "mqtt is \"3.1.1\" or \"5.0\"");
    return version.equals("5.0") ? 5 : 4;
  }

  private List<String> filters(String topic) {
    Object value = keys.get("filters");
    if (value == null) {
      return List.of(topic);
    }
    require(value instanceof List<?> list && !list.isEmpty(), "filters is a list");
    return ((List<?>) value).stream().map(String::valueOf).toList();
  }

  private String text(String key) {
    String text = textOr(key, "");
    require(!text.isEmpty(), "the key '" + key + "' is missing");
    return text;
  }

  private String textOr(String key, String otherwise) {
    @Nullable Object value = keys.get(key);
    return value == null ? otherwise : value.toString();
  }

  private double number(String key, double otherwise) {
    Object value = keys.get(key);
    if (value == null) {
      return otherwise;
    }
    require(value instanceof Number number && number.doubleValue() >= 0, key + " is a number");
    return ((Number) value).doubleValue();
  }

  private void require(boolean isSo, String rule) {
    if (!isSo) {
      throw new LoadFailure(file + ": " + rule);
    }
  }
}
