package dev.midge.config;

import static java.util.stream.Collectors.joining;

import dev.midge.config.YamlMapping.Entry;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// The settings of one mapping: what a file says, and what the files below it say where it is
/// silent, the nearest first.
///
/// Each question checks the answer. A wrong answer becomes a problem, and some allowed value is
/// returned so that the questions can go on. The keys that were asked for are the keys that exist:
/// `refuseUnknownKeys` finds the others.
public final class Settings {

  private static final Pattern WHOLE = Pattern.compile("\\d{1,18}");
  private static final Pattern BYTES = Pattern.compile("(\\d{1,12}) ?(KiB|MiB|GiB)?");
  private static final Map<String, Boolean> FLAGS = Map.of("true", true, "false", false);

  private final String prefix;
  private final YamlMapping own;
  private final List<YamlMapping> below;
  private final Problems problems;
  private final Set<String> known = new LinkedHashSet<>();
  private final Set<String> wrong = new HashSet<>();
  private final Map<String, Settings> blocks = new LinkedHashMap<>();

  private Settings(String prefix, YamlMapping own, List<YamlMapping> below, Problems problems) {
    this.prefix = prefix;
    this.own = own;
    this.below = below;
    this.problems = problems;
  }

  /// The settings of a whole file.
  public Settings(YamlMapping own, List<YamlMapping> below, Problems problems) {
    this("", own, below, problems);
  }

  /// The settings in the mapping under `key`.
  public Settings block(String key) {
    known.add(key);
    return blocks.computeIfAbsent(
        key,
        _ ->
            new Settings(
                prefix + key + ".",
                mapping(own, key),
                below.stream().map(layer -> mapping(layer, key)).toList(),
                problems));
  }

  /// Whether `key` was asked for and its answer is of use.
  public boolean isSound(String key) {
    return known.contains(key) && !wrong.contains(key);
  }

  /// Whether the file itself, not the defaults, has `key`, as it may.
  public boolean says(String key) {
    known.add(key);
    return own.entries().containsKey(key);
  }

  /// The keys that the file itself has here, where they are names that the user chose.
  public List<String> names() {
    return List.copyOf(own.entries().keySet());
  }

  /// The keys that were asked for, here and in the blocks, those in a block behind its name and a
  /// dot.
  public Set<String> keys() {
    Set<String> all = new LinkedHashSet<>();
    known.forEach(key -> {
      all.add(prefix + key);
      Settings block = blocks.get(key);
      if (block != null) {
        all.addAll(block.keys());
      }
    });
    return all;
  }

  /// Where `key` stands.
  public Place place(String key) {
    Entry entry = entry(key);
    return entry == null ? new Place(own.file(), 0) : entry.place();
  }

  /// A line of text.
  public String text(String key) {
    Entry entry = find(key);
    if (entry == null) {
      return "";
    }
    if (!(entry.value() instanceof ScalarNode scalar) || !Tag.STR.equals(scalar.getTag())) {
      return wrong(key, entry, "text, if need be in quotes", "");
    }
    String text = scalar.getValue();
    return text.isBlank() || text.lines().count() > 1 ? wrong(key, entry, "one line", "") : text;
  }

  /// `true` or `false`.
  public boolean flag(String key) {
    return choice(key, FLAGS);
  }

  /// A whole number from `min` to `max`.
  public long whole(String key, long min, long max) {
    Entry entry = find(key);
    if (entry == null) {
      return min;
    }
    String text = scalar(entry);
    return WHOLE.matcher(text).matches() && isWithin(Long.parseLong(text), min, max)
        ? Long.parseLong(text)
        : wrong(key, entry, "a whole number from " + min + " to " + max, min);
  }

  /// A whole number from `min` to `max`, or `auto` for the number nearest to `auto` among them.
  public long wholeOrAuto(String key, long min, long max, long auto) {
    Entry entry = entry(key);
    if (entry != null && scalar(entry).equals("auto")) {
      known.add(key);
      return Math.clamp(auto, min, max);
    }
    return whole(key, min, max);
  }

  /// A number of bytes from `min` to `max`, in bytes or like `64KiB`, or `auto` for the number
  /// nearest to `auto` among them.
  public long bytesOrAuto(String key, long min, long max, long auto) {
    Entry entry = entry(key);
    if (entry != null && scalar(entry).equals("auto")) {
      known.add(key);
      return Math.clamp(auto, min, max);
    }
    return bytes(key, min, max, ", like 64KiB, or auto");
  }

  /// A number of bytes from `min` to `max`, in bytes or like `64KiB`.
  public long bytes(String key, long min, long max) {
    return bytes(key, min, max, ", like 64KiB");
  }

  private long bytes(String key, long min, long max, String like) {
    Entry entry = find(key);
    if (entry == null) {
      return min;
    }
    Matcher matcher = BYTES.matcher(scalar(entry));
    if (matcher.matches()) {
      long bytes = Long.parseLong(matcher.group(1)) << shift(matcher.group(2));
      if (isWithin(bytes, min, max)) {
        return bytes;
      }
    }
    return wrong(key, entry, "a number of bytes from " + min + " to " + max + like, min);
  }

  /// A word that is allowed; the empty one if it is not. `allowed` says in words what is.
  public String word(String key, Predicate<String> isAllowed, String allowed) {
    Entry entry = find(key);
    if (entry == null) {
      return "";
    }
    String word = scalar(entry);
    return isAllowed.test(word) ? word : wrong(key, entry, allowed, "");
  }

  /// One of a few words.
  public <T> T choice(String key, Map<String, T> choices) {
    Entry entry = find(key);
    T any = choices.values().iterator().next();
    if (entry == null) {
      return any;
    }
    T chosen = choices.get(scalar(entry));
    return chosen == null ? wrong(key, entry, oneOf(choices), any) : chosen;
  }

  /// A list of one or more of a few words, each at most once.
  public <T> List<T> choices(String key, Map<String, T> choices) {
    return list(key, oneOf(choices), choices.keySet()::contains).stream()
        .map(choices::get)
        .toList();
  }

  /// A list of one or more texts that match, each at most once. `allowed` says in words what does.
  public List<String> texts(String key, Pattern pattern, String allowed) {
    return list(key, allowed, pattern.asMatchPredicate());
  }

  /// A list of one or more texts that are allowed, each at most once. `allowed` says in words what
  /// is.
  public List<String> texts(String key, Predicate<String> isAllowed, String allowed) {
    return list(key, allowed, isAllowed);
  }

  /// Reports each key that nobody asked for, here and in the blocks.
  public void refuseUnknownKeys() {
    own.entries()
        .forEach((key, entry) -> {
          if (!known.contains(key)) {
            problems.add(entry.place(), "unknown key '" + key + "'", Spelling.suggest(key, known));
          }
        });
    blocks.values().forEach(Settings::refuseUnknownKeys);
  }

  private List<String> list(String key, String allowed, Predicate<String> isAllowed) {
    Entry entry = find(key);
    if (entry == null) {
      return List.of();
    }
    if (!(entry.value() instanceof SequenceNode sequence) || sequence.getValue().isEmpty()) {
      return wrong(key, entry, "a list like [a, b], each " + allowed, List.of());
    }
    Set<String> items = new LinkedHashSet<>();
    for (Node node : sequence.getValue()) {
      String item = node instanceof ScalarNode scalar ? scalar.getValue() : "";
      if (!isAllowed.test(item)) {
        problems.add(
            entry.place(),
            "'" + prefix + key + "' has '" + item + "', but each must be " + allowed);
        continue;
      }
      if (!items.add(item)) {
        problems.add(entry.place(), "'" + prefix + key + "' has '" + item + "' twice");
      }
    }
    return List.copyOf(items);
  }

  /// What the file says, else what the nearest below it says.
  private @Nullable Entry entry(String key) {
    Entry entry = own.entries().get(key);
    for (int i = 0; entry == null && i < below.size(); i++) {
      entry = below.get(i).entries().get(key);
    }
    return entry;
  }

  /// Like `entry`, for a key that must be there.
  private @Nullable Entry find(String key) {
    known.add(key);
    Entry entry = entry(key);
    if (entry == null) {
      wrong.add(key);
      ConfigurationProblem toldBelow =
          missing(below.isEmpty() ? own.file() : below.getLast().file(), key);
      if (!problems.contains(toldBelow)) { // Once is enough for all files above it.
        problems.add(missing(own.file(), key));
      }
    }
    return entry;
  }

  private ConfigurationProblem missing(String file, String key) {
    return new ConfigurationProblem(
        new Place(file, 0),
        "the key '" + prefix + key + "' is missing",
        "The README.md beside Midge's own files says what it means.");
  }

  private <T> T wrong(String key, Entry entry, String allowed, T instead) {
    wrong.add(key);
    String said =
        switch (entry.value()) {
          case ScalarNode scalar -> "'" + scalar.getValue() + "'";
          case SequenceNode _ -> "a list";
          default -> "a block";
        };
    problems.add(entry.place(), "'" + prefix + key + "' must be " + allowed + ", but is " + said);
    return instead;
  }

  private YamlMapping mapping(YamlMapping parent, String key) {
    Entry entry = parent.entries().get(key);
    if (entry == null) {
      return YamlMapping.empty(parent.file());
    }
    if (entry.value() instanceof MappingNode mapping) {
      return YamlMapping.of(parent.file(), mapping, problems);
    }
    problems.add(
        entry.place(), "'" + prefix + key + "' must be a block of keys, each on a line below it");
    return YamlMapping.empty(parent.file());
  }

  private static String scalar(Entry entry) {
    return entry.value() instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  private static String oneOf(Map<String, ?> choices) {
    return choices.keySet().stream().sorted().collect(joining(", ", "one of ", ""));
  }

  private static boolean isWithin(long value, long min, long max) {
    return min <= value && value <= max;
  }

  private static int shift(@Nullable String unit) {
    return switch (unit) {
      case "KiB" -> 10;
      case "MiB" -> 20;
      case "GiB" -> 30;
      case null, default -> 0;
    };
  }
}
