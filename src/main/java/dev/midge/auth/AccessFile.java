package dev.midge.auth;

import com.nimbusds.jose.jwk.JWKSet;
import dev.midge.config.Place;
import dev.midge.config.Problems;
import dev.midge.config.Settings;
import dev.midge.config.Spelling;
import dev.midge.config.YamlMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The file `access.yaml` beside the listener files: policies and accounts, read as strictly as
/// those.
public final class AccessFile {
  /// Its name.
  public static final String NAME = "access.yaml";

  private static final Pattern POLICY_NAME = Pattern.compile("[a-z][a-z0-9]*(?:-[a-z0-9]+)*");
  private static final Pattern TOPIC = Pattern.compile("[^+#$][^+#]*");
  private static final Pattern ANYTHING = Pattern.compile("(?s).+");
  private static final long SECONDS_MAX = 86_400;

  private final Path folder;
  private final Problems problems;
  private final Map<String, Policy> policies = new LinkedHashMap<>();
  private final Map<String, Account> accounts = new LinkedHashMap<>();

  private AccessFile(Path folder, Problems problems) {
    this.folder = folder;
    this.problems = problems;
  }

  /// Reads the file in a folder, and those of Mosquitto that it names, and notes all that is wrong
  /// with them; what was read is of use only if nothing is.
  public static Access read(Path folder, Problems problems) {
    return Files.isDirectory(folder)
        ? readFile(folder.resolve(NAME), problems)
        : new Access(Map.of(), Map.of()); // The listeners tell of that.
  }

  /// The same for a file of another name.
  static Access readFile(Path file, Problems problems) {
    return new AccessFile(file.resolveSibling(""), problems).read(file);
  }

  private Access read(Path file) {
    if (Files.notExists(file)) {
      problems.add(
          new Place(file.toString(), 0),
          "this file is missing",
          "Copy it from Midge's own listeners: without it nobody knows who may do what.");
      return new Access(policies, accounts);
    }
    Settings settings =
        new Settings(YamlMapping.read(file, file.toString(), problems), List.of(), problems);
    Settings named = settings.block("policies");
    for (String name : named.names()) {
      if (!POLICY_NAME.matcher(name).matches()) {
        problems.add(
            named.place(name),
            "'" + name + "' is no name for a policy",
            "Use lower-case letters, digits and hyphens.");
      }
      policies.put(name, policy(name, named.block(name)));
    }
    if (settings.says("mosquitto")) {
      Settings mosquitto = settings.block("mosquitto");
      new MosquittoFiles(folder, mosquitto, problems).addTo(policies, accounts);
    }
    if (settings.says("accounts")) {
      Settings users = settings.block("accounts");
      for (String name : users.names()) {
        accounts.put(name, account(users.block(name)));
      }
    }
    JWKSet tokenKeys = settings.says("tokens") ? tokenKeys(settings.block("tokens")) : new JWKSet();
    List<String> reserved =
        settings.says("reserved")
            ? settings.texts("reserved", TOPIC, "a topic, without wildcards")
            : List.of();
    settings.refuseUnknownKeys();
    return new Access(policies, accounts, tokenKeys, reserved);
  }

  private JWKSet tokenKeys(Settings tokens) {
    String name = tokens.text("keys");
    try {
      return tokens.isSound("keys")
          ? JWKSet.parse(Files.readString(folder.resolve(name)))
          : new JWKSet();
    } catch (IOException e) {
      problems.add(tokens.place("keys"), folder.resolve(name) + " cannot be read: " + e);
    } catch (ParseException e) {
      problems.add(tokens.place("keys"), name + " is no JWK Set: " + e.getMessage());
    }
    return new JWKSet();
  }

  private Policy policy(String name, Settings rules) {
    List<TopicPattern> read = patterns(rules, "read");
    return new Policy(
        name,
        read,
        patterns(rules, "write"),
        rules.says("subscribe") ? patterns(rules, "subscribe") : read,
        patterns(rules, "deny"),
        rules.says("literal") ? literal(rules.block("literal")) : Map.of());
  }

  private List<TopicPattern> patterns(Settings rules, String key) {
    if (!rules.says(key)) {
      return List.of();
    }
    return rules.texts(key, ANYTHING, "a topic filter").stream()
        .flatMap(text -> pattern(rules.place(key), text).stream())
        .toList();
  }

  private List<TopicPattern> pattern(Place place, String text) {
    try {
      return List.of(TopicPattern.of(text));
    } catch (IllegalArgumentException e) {
      problems.add(place, "'" + text + "' is no topic filter: " + e.getMessage());
      return List.of();
    }
  }

  private Map<String, Policy.Grant> literal(Settings filters) {
    Map<String, Policy.Grant> grants = new LinkedHashMap<>();
    for (String filter : filters.names()) {
      pattern(filters.place(filter), filter);
      Settings grant = filters.block(filter);
      grants.put(
          filter, new Policy.Grant(grant.text("user"), grant.whole("seconds", 1, SECONDS_MAX)));
    }
    return grants;
  }

  private Account account(Settings account) {
    String policy = account.text("policy");
    if (account.isSound("policy") && !policies.containsKey(policy)) {
      problems.add(
          account.place("policy"),
          "there is no policy '" + policy + "'",
          Spelling.suggest(policy, policies.keySet()));
    }
    return new Account(policy, password(account), scram(account));
  }

  private PasswordHash password(Settings account) {
    String text = account.text("password");
    try {
      if (account.isSound("password")) {
        return PasswordHash.of(text);
      }
    } catch (IllegalArgumentException e) {
      problems.add(account.place("password"), "'password' must be " + e.getMessage());
    }
    return NOBODYS;
  }

  private @Nullable ScramCredentials scram(Settings account) {
    if (!account.says("scram")) {
      return null;
    }
    String text = account.text("scram");
    try {
      return account.isSound("scram") ? ScramCredentials.of(text) : null;
    } catch (IllegalArgumentException e) {
      problems.add(account.place("scram"), "'scram' must be " + e.getMessage());
      return null;
    }
  }

  /// Stands for one that could not be read.
  private static final PasswordHash NOBODYS = new MosquittoHash(0, new byte[] {0}, new byte[] {0});
}
