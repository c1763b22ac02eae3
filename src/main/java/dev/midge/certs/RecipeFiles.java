package dev.midge.certs;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A folder of recipes for certificates, a `NAME.yaml` for each; read as strictly as listener
/// files.
public final class RecipeFiles {

  private static final int DAYS_MAX = 36_500;
  private static final Pattern FILE_NAME =
      Pattern.compile("([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\\.yaml");
  private static final Pattern HOST =
      Pattern.compile("HOST|[0-9a-f]*:[0-9a-f:.]*|(\\*\\.)?[a-z0-9-]+(\\.[a-z0-9-]+)*");
  private static final Map<String, Kind> KINDS =
      Map.of("root", Kind.ROOT, "intermediate", Kind.INTERMEDIATE, "server", Kind.SERVER);

  private final Path folder;
  private final Problems problems;

  private RecipeFiles(Path folder, Problems problems) {
    this.folder = folder;
    this.problems = problems;
  }

  /// Loads a folder: its recipes by name.
  ///
  /// @throws InvalidConfiguration if anything in the folder is wrong, with all that is
  public static SortedMap<String, Recipe> load(Path folder) {
    Problems problems = new Problems();
    SortedMap<String, Recipe> recipes = read(folder, problems);
    problems.throwIfAny();
    return recipes;
  }

  /// Reads a folder, and notes all that is wrong with it; what was read is of use only if nothing
  /// is.
  public static SortedMap<String, Recipe> read(Path folder, Problems problems) {
    return new RecipeFiles(folder, problems).read();
  }

  /// The names of those that servers can show, among all.
  public static SortedSet<String> forServers(Map<String, Recipe> recipes) {
    return names(recipes, kind -> kind == Kind.SERVER);
  }

  /// The names of those that sign others, among all.
  public static SortedSet<String> authorities(Map<String, Recipe> recipes) {
    return names(recipes, kind -> kind != Kind.SERVER);
  }

  /// The one whose place a certificate of a public authority takes.
  public static Optional<Recipe> ofPublic(Map<String, Recipe> recipes) {
    return recipes.values().stream().filter(Recipe::isPublic).findFirst();
  }

  private static SortedSet<String> names(Map<String, Recipe> recipes, Predicate<Kind> isWanted) {
    return recipes.values().stream()
        .filter(recipe -> isWanted.test(recipe.kind()))
        .map(Recipe::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private SortedMap<String, Recipe> read() {
    SortedMap<String, Recipe> recipes = new TreeMap<>();
    for (String file : files()) {
      Recipe recipe = read(file);
      recipes.put(recipe.name(), recipe);
    }
    recipes.values().forEach(recipe -> checkAuthority(recipe, recipes));
    recipes.values().stream()
        .filter(Recipe::isPublic)
        .skip(1)
        .forEach(recipe ->
            problems.add(
                recipe.place(), "another recipe has 'acme: true' already", "One is enough."));
    return recipes;
  }

  private List<String> files() {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder, "[!.]*.{yaml,yml}")) {
      paths.forEach(path -> names.add(String.valueOf(path.getFileName())));
    } catch (IOException | DirectoryIteratorException e) {
      problems.add(
          new Place(folder.toString(), 0),
          Files.isDirectory(folder)
              ? "cannot be read: " + e.getMessage()
              : "there is no such folder",
          "Name the folder of the recipes for certificates with --certs.");
    }
    return names;
  }

  private Recipe read(String file) {
    String shown = folder.resolve(file).toString();
    YamlMapping own = YamlMapping.read(folder.resolve(file), shown, problems);
    Settings settings = new Settings(own, List.of(), problems);
    String name = settings.text("name");
    if (!FILE_NAME.matcher(file).matches() || !file.equals(name + ".yaml")) {
      problems.add(
          settings.place("name"),
          "the name '" + name + "' is not the name in " + file,
          "A recipe with the name localhost, in lower case, is in localhost.yaml.");
    }
    String _ = settings.text("summary");
    Kind kind = settings.choice("kind", KINDS);
    boolean isServer = kind == Kind.SERVER;
    Fault fault =
        isServer && settings.says("fault") ? settings.choice("fault", faults()) : Fault.NONE;
    Recipe recipe =
        new Recipe(
            name,
            settings.place("name"),
            kind,
            settings.text("subject"),
            kind == Kind.ROOT && !settings.says("authority") ? "" : settings.text("authority"),
            settings.choice("key", words(KeyKind.values())),
            (int) settings.whole("days", 1, DAYS_MAX),
            isServer && fault != Fault.NO_NAMES
                ? settings.texts("names", HOST, "a host name, an address or HOST")
                : List.of(),
            fault,
            isServer && settings.says("acme") && settings.flag("acme"));
    if (recipe.isPublic() && fault != Fault.NONE) {
      problems.add(
          settings.place("acme"),
          "no public authority makes a certificate with a fault",
          "Leave out 'acme' or 'fault'.");
    }
    recipe.names().stream()
        .filter(host -> HostNames.isAddress(host) && !HostNames.isReadable(host))
        .forEach(host -> problems.add(settings.place("names"), "'" + host + "' is no address"));
    settings.refuseUnknownKeys();
    return recipe;
  }

  private static Map<String, Fault> faults() {
    return words(Stream.of(Fault.values()).filter(Fault::isOfCertificate).toArray(Fault[]::new));
  }

  /// A root signs anything, an intermediate what is for servers.
  private void checkAuthority(Recipe recipe, SortedMap<String, Recipe> recipes) {
    if (recipe.authority().isEmpty()) {
      return;
    }
    Recipe authority = recipes.get(recipe.authority());
    boolean isRoot = recipe.kind() == Kind.ROOT;
    if (authority == null) {
      problems.add(
          recipe.place(),
          "there is no authority '" + recipe.authority() + "'",
          Spelling.suggest(recipe.authority(), recipes.keySet()));
    } else if (isRoot && (authority.kind() != Kind.ROOT || !authority.authority().isEmpty())) {
      problems.add(
          recipe.place(),
          "'" + recipe.authority() + "' does not sign for another root",
          "That is for a root that has no authority itself.");
    } else if (!isRoot && (authority.kind() == Kind.SERVER || authority.kind() == recipe.kind())) {
      problems.add(
          recipe.place(),
          "'" + recipe.authority() + "' signs no certificate of this kind",
          "A root signs anything, an intermediate what is for servers.");
    }
  }

  private static <T> Map<String, T> words(T[] values) {
    return Stream.of(values).collect(Collectors.toMap(String::valueOf, Function.identity()));
  }
}
