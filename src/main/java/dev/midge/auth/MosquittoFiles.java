package dev.midge.auth;

import dev.midge.config.Place;
import dev.midge.config.Problems;
import dev.midge.config.Settings;
import dev.midge.config.Spelling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Accounts and rules in the files of Mosquitto: what mosquitto_passwd writes, and an `acl_file`.
///
/// As there, any filter may be subscribed to, and what arrives is what may be read.
final class MosquittoFiles {
  /// The policy for those without a user name.
  private static final String ANONYMOUS = "mosquitto-anonymous";

  /// Begins the name of the policy of a user; no name in an access file has a colon.
  private static final String OF_USER = "mosquitto:";

  private static final List<TopicPattern> ANY =
      List.of(TopicPattern.of("#"), TopicPattern.of("$SYS/#"));
  private static final Set<String> KINDS = Set.of("read", "write", "readwrite", "deny");
  private static final Set<String> WORDS = Set.of("topic", "pattern", "user");

  private final Path folder;
  private final Settings settings;
  private final Problems problems;

  MosquittoFiles(Path folder, Settings settings, Problems problems) {
    this.folder = folder;
    this.settings = settings;
    this.problems = problems;
  }

  /// The rules for one user, while they are read.
  private static final class Rules {
    private final List<TopicPattern> read = new ArrayList<>();
    private final List<TopicPattern> write = new ArrayList<>();
    private final List<TopicPattern> deny = new ArrayList<>();

    void add(String kind, TopicPattern pattern) {
      switch (kind) {
        case "read" -> read.add(pattern);
        case "write" -> write.add(pattern);
        case "deny" -> deny.add(pattern);
        default -> {
          read.add(pattern);
          write.add(pattern);
        }
      }
    }

    void add(Rules others) {
      read.addAll(others.read);
      write.addAll(others.write);
      deny.addAll(others.deny);
    }

    Policy named(String name) {
      return new Policy(
          name, List.copyOf(read), List.copyOf(write), ANY, List.copyOf(deny), Map.of());
    }
  }

  void addTo(Map<String, Policy> policies, Map<String, Account> accounts) {
    Map<String, Rules> rules = settings.says("acl_file") ? rules() : null;
    String policy = rules == null || settings.says("policy") ? settings.text("policy") : "";
    if (rules == null && settings.isSound("policy") && !policies.containsKey(policy)) {
      problems.add(
          settings.place("policy"),
          "there is no policy '" + policy + "'",
          Spelling.suggest(policy, policies.keySet()));
    }
    Map<String, PasswordHash> passwords = settings.says("password_file") ? passwords() : Map.of();
    if (rules != null) {
      Rules patterns = rules.getOrDefault(PATTERNS, new Rules());
      Rules anonymous = rules.getOrDefault("", new Rules());
      anonymous.add(patterns);
      policies.put(ANONYMOUS, anonymous.named(ANONYMOUS));
      passwords
          .keySet()
          .forEach(name -> {
            Rules own = rules.getOrDefault(name, new Rules());
            own.add(patterns);
            policies.put(OF_USER + name, own.named(OF_USER + name));
          });
    }
    passwords.forEach((name, hash) ->
        accounts.put(name, new Account(rules == null ? policy : OF_USER + name, hash, null)));
  }

  /// Under this name, which no user has, stand the rules for all users.
  private static final String PATTERNS = "\n";

  private Map<String, Rules> rules() {
    Map<String, Rules> rules = new LinkedHashMap<>();
    String user = "";
    int number = 0;
    for (String line : lines("acl_file")) {
      number++;
      String[] words = line.strip().split("\\s+", 2);
      if (words[0].isEmpty() || words[0].startsWith("#")) {
        continue;
      }
      Place place = new Place(path("acl_file").toString(), number);
      if (!WORDS.contains(words[0])) {
        problems.add(place, "unknown word '" + words[0] + "'", Spelling.suggest(words[0], WORDS));
      } else if (words.length == 1) {
        problems.add(place, "'" + words[0] + "' has nothing behind it");
      } else if (words[0].equals("user")) {
        user = words[1];
      } else {
        rules
            .computeIfAbsent(words[0].equals("pattern") ? PATTERNS : user, _ -> new Rules())
            .add(kind(words[1]), pattern(place, words[0], topic(words[1])));
      }
    }
    return rules;
  }

  private static String kind(String rule) {
    String first = rule.split("\\s+", 2)[0];
    return KINDS.contains(first) && first.length() < rule.length() ? first : "readwrite";
  }

  private static String topic(String rule) {
    String[] words = rule.split("\\s+", 2);
    return words.length == 2 && KINDS.contains(words[0]) ? words[1] : rule;
  }

  private TopicPattern pattern(Place place, String word, String topic) {
    try {
      if (word.equals("topic") && (topic.contains("%c") || topic.contains("%u"))) {
        problems.add(place, "'topic' does not know %c and %u", "Say 'pattern' for that.");
      }
      return TopicPattern.of(topic);
    } catch (IllegalArgumentException e) {
      problems.add(place, "'" + topic + "' is no topic filter: " + e.getMessage());
      return ANY.getFirst();
    }
  }

  private Map<String, PasswordHash> passwords() {
    Map<String, PasswordHash> passwords = new LinkedHashMap<>();
    int number = 0;
    for (String line : lines("password_file")) {
      number++;
      Place place = new Place(path("password_file").toString(), number);
      int colon = line.indexOf(':');
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      PasswordHash hash = colon > 0 ? hash(place, line.substring(colon + 1).strip()) : null;
      if (colon <= 0) {
        problems.add(place, "each line must be USER:HASH, as mosquitto_passwd writes it");
      } else if (hash != null && passwords.put(line.substring(0, colon), hash) != null) {
        problems.add(place, "the user '" + line.substring(0, colon) + "' stands here again");
      }
    }
    return passwords;
  }

  private @Nullable PasswordHash hash(Place place, String text) {
    try {
      return PasswordHash.of(text);
    } catch (IllegalArgumentException e) {
      problems.add(place, "behind the colon there must be " + e.getMessage());
      return null;
    }
  }

  private Path path(String key) {
    return folder.resolve(settings.text(key));
  }

  private List<String> lines(String key) {
    try {
      return settings.isSound(key) || !settings.text(key).isEmpty()
          ? Files.readAllLines(path(key))
          : List.of();
    } catch (IOException e) {
      problems.add(settings.place(key), path(key) + " cannot be read: " + e);
      return List.of();
    }
  }
}
