package dev.midge.load;

import static java.util.Locale.ROOT;

import dev.midge.load.Scenario.Dimension;
import dev.midge.load.Scenario.Kind;
import dev.midge.load.Scenario.Sweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
          "share",
          "messages",
          "retained",
          "parts",
          "sweep",
          "sizes",
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
    List<?> levels = keys.get("qos") instanceof List<?> list ? list : List.of(textOr("qos", "0"));
    List<Scenario> scenarios = new ArrayList<>();
    for (Object level : levels) {
      String suffix = levels.size() > 1 ? "-qos" + level : "";
      Scenario scenario = scenario(text("name") + suffix, text("summary"), qos(level));
      require(
          (scenario.kind() == Kind.MIXED) != scenario.parts().isEmpty(),
          "parts are of a mixed scenario, and it has some");
      scenarios.add(scenario);
    }
    return scenarios;
  }

  /// What goes on at the same time: each is a scenario without a name.
  private List<Scenario> parts(String name) {
    Object value = keys.get("parts");
    if (value == null) {
      return List.of();
    }
    require(value instanceof List<?>, "parts is a list");
    List<Scenario> parts = new ArrayList<>();
    for (Object each : (List<?>) value) {
      require(each instanceof Map<?, ?>, "each of the parts is a list of 'key: value' lines");
      ScenarioFiles reader = new ScenarioFiles(file, (Map<?, ?>) each);
      Scenario part = reader.scenario(name, "", reader.qos(reader.textOr("qos", "0")));
      require(
          part.kind() == Kind.FLOW || (part.kind() == Kind.CONNECT && part.ratePerSecond() > 0),
          "a part is a flow, or connect with a rate");
      parts.add(part);
    }
    return parts;
  }

  private int qos(Object level) {
    require(level.toString().matches("[012]"), "qos is 0, 1 or 2, or a list of them");
    return Integer.parseInt(level.toString());
  }

  private Scenario scenario(String name, String summary, int qos) {
    for (Object key : keys.keySet()) {
      require(KEYS.contains(String.valueOf(key)), "there is no key '" + key + "'");
    }
    Scenario.Draft draft = new Scenario.Draft();
    draft.name = name;
    draft.summary = summary;
    draft.kind = kind();
    draft.version = version();
    draft.publishers = whole("publishers", draft.kind == Kind.RETAINED ? 1 : 0);
    draft.subscribers = whole("subscribers", 0);
    draft.topics = whole("topics", Math.max(draft.publishers, 1));
    draft.topic = textOr("topic", "");
    draft.filters = filters(draft.topic);
    draft.share = textOr("share", "");
    draft.qos = qos;
    draft.payloadBytes = whole("payload_bytes", draft.payloadBytes);
    draft.window = whole("window", draft.window);
    draft.ratePerSecond = whole("rate_per_second", 0);
    draft.messages = whole("messages", draft.messages);
    draft.retained = whole("retained", 0);
    draft.warmUpSeconds = number("warm_up_seconds", draft.warmUpSeconds);
    draft.measureSeconds = number("measure_seconds", draft.measureSeconds);
    draft.isKept = isKept();
    draft.parts = parts(name);
    draft.sweep = sweep();
    Scenario scenario = draft.scenario();
    check(scenario);
    return scenario;
  }

  private void check(Scenario scenario) {
    Kind kind = scenario.kind();
    require(
        scenario.payloadBytes() >= PAYLOAD_BYTES_MIN && scenario.payloadBytes() <= 1_000_000,
        "payload_bytes is 20 to 1000000");
    require(scenario.window() > 0 && scenario.window() <= 10_000, "window is 1 to 10000");
    switch (kind) {
      case FLOW -> {
        require(scenario.publishers() > 0, "a flow needs publishers");
        require(
            scenario.topics() >= scenario.publishers() || !scenario.sweep().sizes().isEmpty(),
            "a flow needs a topic for each publisher");
      }
      case STORM ->
          require(
              scenario.subscribers() > 0 && (!scenario.isKept() || scenario.qos() > 0),
              "a storm needs subscribers, and QoS 1 or 2 when their sessions are kept");
      case BACKLOG ->
          require(
              scenario.publishers() > 0 && scenario.isKept() && scenario.qos() > 0,
              "a backlog needs publishers, QoS 1 or 2, and sessions that are kept");
      default -> {}
    }
    require(
        kind == Kind.CONNECT
            || kind == Kind.FLOOD
            || kind == Kind.MIXED
            || kind == Kind.STORM
            || (scenario.subscribers() > 0 && !scenario.topic().isEmpty()),
        "this kind needs subscribers and a topic");
  }

  private Sweep sweep() {
    String word = textOr("sweep", "");
    Object sizes = keys.get("sizes");
    if (word.isEmpty() && sizes == null) {
      return Sweep.NONE;
    }
    List<Integer> all = new ArrayList<>();
    if (sizes instanceof List<?> list) {
      for (Object size : list) {
        require(size instanceof Integer, "sizes is a list of numbers");
        all.add((Integer) size);
      }
    }
    require(!all.isEmpty(), "a sweep needs sizes");
    return new Sweep(constant(Dimension.class, word, "sweep"), all);
  }

  private Kind kind() {
    return constant(Kind.class, textOr("kind", "flow"), "kind");
  }

  private <E extends Enum<E>> E constant(Class<E> type, String word, String key) {
    List<String> known =
        Arrays.stream(type.getEnumConstants()).map(each -> each.name().toLowerCase(ROOT)).toList();
    require(known.contains(word), key + " is one of " + String.join(", ", known));
    return Enum.valueOf(type, word.toUpperCase(ROOT));
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

  private int whole(String key, int otherwise) {
    return (int) number(key, otherwise);
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
