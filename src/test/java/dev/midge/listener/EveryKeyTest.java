package dev.midge.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.config.InvalidConfiguration;
import dev.midge.config.Problems;
import dev.midge.config.Settings;
import dev.midge.config.YamlMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A wrong value of any key that there is, and any key that is misspelt, is told with its file and
/// line. Which keys there are is asked of the code that reads them.
final class EveryKeyTest {
  private static final Path OURS = Path.of("listeners");
  private static final long HEAP_BYTES = 1 << 30;

  /// Keys of which any text will do.
  private static final Set<String> TEXTS =
      Set.of(
          "name", "summary", "explanation", "server.contact", "access.policy", "tls.certificate");

  /// A listener that has each kind of block, by its keys.
  private static final Map<String, String> EVERYTHING =
      keys(
          "name: any",
          "port: 1999",
          "summary: For a test.",
          "transport: everything",
          "bind: 127.0.0.1",
          "expect.connect: accepted",
          "expect.fault: none",
          "expect.verdict: accepted",
          "tls.certificate: localhost",
          "proxy.by: proxy-protocol",
          "proxy.peers: [192.0.2.1]");

  /// One of the operator, who has a key of his own.
  private static final Map<String, String> OPERATOR =
      keys(
          "name: any",
          "port: 1999",
          "summary: For a test.",
          "transport: operator",
          "bind: 127.0.0.1",
          "remote: true",
          "expect.connect: refused");

  @TempDir private Path folder;

  private static Map<String, String> keys(String... lines) {
    Map<String, String> keys = new LinkedHashMap<>();
    for (String line : lines) {
      keys.put(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(' ') + 1));
    }
    return keys;
  }

  static List<String> sharedKeys() {
    Problems problems = new Problems();
    YamlMapping defaults =
        YamlMapping.read(OURS.resolve("defaults.yaml"), "defaults.yaml", problems);
    Settings settings = new Settings(defaults, List.of(), problems);
    new ListenerReader(settings, AutoBounds.of(HEAP_BYTES), problems).shared();
    problems.throwIfAny();
    return List.copyOf(settings.keys());
  }

  static Set<String> listenerKeys() throws IOException {
    Set<String> keys = new LinkedHashSet<>();
    for (Map<String, String> listener : List.of(EVERYTHING, OPERATOR)) {
      Path file = Files.createTempFile("listener", ".yaml");
      try {
        Files.writeString(file, String.join("\n", lines(listener)));
        Problems problems = new Problems();
        YamlMapping defaults =
            YamlMapping.read(OURS.resolve("defaults.yaml"), "defaults.yaml", problems);
        YamlMapping own = YamlMapping.read(file, "listener", problems);
        Settings settings = new Settings(own, List.of(defaults), problems);
        new ListenerReader(settings, AutoBounds.of(HEAP_BYTES), problems).listener();
        problems.throwIfAny();
        keys.addAll(settings.keys());
      } finally {
        Files.delete(file);
      }
    }
    return keys;
  }

  @ParameterizedTest
  @MethodSource("sharedKeys")
  void aWrongValueOfWhatAllListenersShareIsTold(String key) throws IOException {
    for (String value : wrongValues(key, sharedKeys())) {
      assertTold("profiles/school.yaml", keys(key + ": " + value), key, "'" + key + "' ");
    }
    String misspelt = key + "x";
    assertTold(
        "profiles/school.yaml", keys(misspelt + ": 1"), misspelt, "unknown key '" + last(misspelt));
  }

  @ParameterizedTest
  @MethodSource("listenerKeys")
  void aWrongValueOfAListenerIsTold(String key) throws IOException {
    Map<String, String> right = key.equals("remote") ? OPERATOR : EVERYTHING;
    for (String value : wrongValues(key, listenerKeys())) {
      assertTold("1999-any.yaml", with(right, key, value), key, "'" + key + "' ");
    }
    String misspelt = key + "x";
    assertTold(
        "1999-any.yaml", with(right, misspelt, "1"), misspelt, "unknown key '" + last(misspelt));
  }

  /// Values that a key does not allow, whatever it is.
  private static List<String> wrongValues(String key, Iterable<String> all) {
    for (String other : all) {
      if (other.startsWith(key + ".")) {
        return List.of("word", "[a]");
      }
    }
    List<String> values = new ArrayList<>(List.of("{ a: b }", "[[a]]"));
    if (!TEXTS.contains(key)) {
      values.addAll(List.of("'?'", "-1", "999999999999999999"));
    }
    return values;
  }

  private static Map<String, String> with(Map<String, String> right, String key, String value) {
    Map<String, String> wrong = new LinkedHashMap<>(right);
    wrong.keySet().removeIf(other -> other.startsWith(key + "."));
    wrong.put(key, value);
    return wrong;
  }

  private static String last(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  /// The lines of a file, keys of a block below it.
  private static List<String> lines(Map<String, String> keys) {
    Map<String, List<String>> blocks = new LinkedHashMap<>();
    keys.forEach((key, value) -> {
      int dot = key.indexOf('.');
      if (dot < 0) {
        blocks.put(key, new ArrayList<>(List.of(key + ": " + value)));
      } else {
        String block = key.substring(0, dot);
        blocks
            .computeIfAbsent(block, _ -> new ArrayList<>(List.of(block + ":")))
            .add("  " + key.substring(dot + 1) + ": " + value);
      }
    });
    return blocks.values().stream().flatMap(List::stream).toList();
  }

  private void assertTold(String file, Map<String, String> keys, String key, String words)
      throws IOException {
    Files.createDirectories(folder.resolve("profiles"));
    Files.copy(
        OURS.resolve("defaults.yaml"),
        folder.resolve("defaults.yaml"),
        StandardCopyOption.REPLACE_EXISTING);
    List<String> lines = lines(keys);
    Files.writeString(folder.resolve("profiles/school.yaml"), "{}\n");
    Files.writeString(folder.resolve("1999-any.yaml"), String.join("\n", lines(EVERYTHING)));
    Files.writeString(folder.resolve(file), String.join("\n", lines));

    Problems problems = new Problems();
    ListenerFiles.read(folder, "school", Choice.ALL, HEAP_BYTES, problems);

    int line = 1;
    while (!lines.get(line - 1).strip().startsWith(last(key) + ":")) {
      line++;
    }
    String place = folder.resolve(file) + ":" + line + ": ";
    assertThat(told(problems))
        .as(String.join("\n", lines))
        .anySatisfy(problem -> assertThat(problem).startsWith(place).contains(words));
  }

  private static List<String> told(Problems problems) {
    try {
      problems.throwIfAny();
      return List.of();
    } catch (InvalidConfiguration e) {
      return String.valueOf(e.getMessage()).lines().toList();
    }
  }
}
