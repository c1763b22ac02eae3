package dev.midge.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The modules in `terraform/`, as far as they can be tried without an account: what `bootstrap`
/// renders by its own tests, and the names of the providers' resources and arguments by what is
/// generated of those providers for other languages.
@Timeout(600)
class TerraformIT {
  private static final Path MODULES = Path.of("terraform");
  private static final Path BINDINGS = Path.of("target", "bindings");

  /// What a resource or data block may have whatever it is.
  private static final Set<String> OF_TERRAFORM =
      Set.of("for_each", "count", "lifecycle", "prevent_destroy", "depends_on", "content");

  @BeforeAll
  static void requireTools() {
    Requirement.programs("terraform", "npm");
  }

  @Test
  void allIsFormatted() throws Exception {
    terraform("fmt", "-check", "-recursive", "-diff", MODULES.toString());
  }

  @Test
  void whatAMachineIsToldIsAsItShouldBe() throws Exception {
    String module = "-chdir=" + MODULES.resolve("bootstrap");
    terraform(module, "init", "-backend=false");
    terraform(module, "validate");

    assertThat(terraform(module, "test", "-no-color")).contains("Success!");
  }

  @ParameterizedTest
  @CsvSource({
    "aws, @cdktf/provider-aws@21.22.1",
    "digitalocean, @cdktf/provider-digitalocean@13.14.1",
    "hetzner, @pulumi/hcloud@1.41.0"
  })
  void everyArgumentIsOneOfTheProvider(String module, String binding) throws Exception {
    Path folder = unpack(binding);
    BiFunction<Path, Block, Set<String>> names =
        binding.startsWith("@cdktf") ? TerraformIT::cdktf : TerraformIT::pulumi;
    List<Block> blocks = blocks(MODULES.resolve(module));

    assertThat(blocks).hasSizeGreaterThan(4);
    for (Block block : blocks) {
      assertThat(names.apply(folder, block)).as(block.toString()).containsAll(block.arguments());
    }
  }

  @Test
  void anExampleGivesAModuleWhatItAsksForAndNothingElse() throws Exception {
    for (String module : List.of("aws", "digitalocean", "hetzner")) {
      Set<String> variables = new TreeSet<>();
      Set<String> required = new TreeSet<>();
      Pattern variable = Pattern.compile("variable \"(\\w+)\" \\{(.*?)\n}", Pattern.DOTALL);
      Matcher found =
          variable.matcher(Files.readString(MODULES.resolve(module).resolve("variables.tf")));
      while (found.find()) {
        variables.add(found.group(1));
        if (!found.group(2).contains("default ")) {
          required.add(found.group(1));
        }
      }
      String example = Files.readString(MODULES.resolve("examples").resolve(module + "/main.tf"));
      Set<String> given =
          Pattern.compile("^  (\\w+) += ", Pattern.MULTILINE)
              .matcher(
                  example.substring(example.indexOf("module \"midge\""), example.indexOf("output")))
              .results()
              .map(one -> one.group(1))
              .collect(Collectors.toCollection(TreeSet::new));

      assertThat(given).as(module).containsAll(required).contains("source");
      given.remove("source");
      assertThat(variables).as(module).containsAll(given);
    }
  }

  /// A resource or a data source with the names of all its arguments and blocks, at any depth.
  private record Block(String kind, String type, Set<String> arguments) {

    /// Its type without the provider.
    String name() {
      return type.substring(type.indexOf('_') + 1);
    }
  }

  private static List<Block> blocks(Path module) throws IOException {
    try (Stream<Path> files = Files.list(module)) {
      return files
          .filter(file -> file.toString().endsWith(".tf"))
          .flatMap(file -> {
            try {
              return Pattern.compile(
                      "^(resource|data) \"(\\w+)\" \"\\w+\" \\{\n(.*?)^}",
                      Pattern.DOTALL | Pattern.MULTILINE)
                  .matcher(Files.readString(file))
                  .results()
                  .map(one -> new Block(one.group(1), one.group(2), arguments(one.group(3))));
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          })
          .toList();
    }
  }

  /// The names in a block; what is in a value that goes over several lines is none.
  private static Set<String> arguments(String body) {
    Pattern line = Pattern.compile("^\\s*(?:dynamic \"(\\w+)\"|(\\w+))\\s*(=.*|\\{)$");
    Set<String> names = new TreeSet<>();
    int inValue = 0;
    for (String text : body.lines().toList()) {
      Matcher found = line.matcher(text);
      if (inValue > 0) {
        inValue += depth(text);
      } else if (found.matches()) {
        names.add(found.group(1) == null ? found.group(2) : found.group(1));
        inValue = found.group(3).equals("{") ? 0 : depth(text);
      }
    }
    names.removeAll(OF_TERRAFORM);
    return names;
  }

  private static int depth(String text) {
    return text.chars().map(c -> "({[".indexOf(c) >= 0 ? 1 : ")}]".indexOf(c) >= 0 ? -1 : 0).sum();
  }

  /// What CDK for Terraform has for a resource: its names are those of the provider.
  private static Set<String> cdktf(Path folder, Block block) {
    String prefix = block.kind().equals("data") ? "data-aws-" : "";
    return found(
        folder.resolve("lib/" + prefix + block.name().replace('_', '-') + "/index.js"),
        "^\\s+(\\w+): (?:cdktf\\.|\\w+ToTerraform)");
  }

  /// What Pulumi has for a resource, in its spelling, and in the plural for what may come often.
  private static Set<String> pulumi(Path folder, Block block) {
    String[] words = block.name().split("_");
    StringBuilder file = new StringBuilder(words[0]);
    for (String word : List.of(words).subList(1, words.length)) {
      file.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
    }
    Set<String> names = found(folder.resolve(file + ".d.ts"), "^    (\\w+)\\??: pulumi\\.Input<");
    names.addAll(found(folder.resolve("types/input.d.ts"), "^    (\\w+)\\??: pulumi\\.Input<"));
    Set<String> ours = new TreeSet<>();
    for (String name : names) {
      String snake =
          name.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
              .toLowerCase(Locale.ROOT)
              .replace("ipv_", "ipv");
      ours.add(snake);
      ours.add(snake.replaceAll("s$", ""));
    }
    return ours;
  }

  private static Set<String> found(Path file, String pattern) {
    try {
      return Pattern.compile(pattern, Pattern.MULTILINE)
          .matcher(Files.readString(file))
          .results()
          .map(one -> one.group(1))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new AssertionError("there is no such resource: " + file, e);
    }
  }

  /// Fetches a package of the npm registry, and keeps what it has for the next time.
  private static Path unpack(String binding) throws Exception {
    Path folder = BINDINGS.resolve(binding.replaceAll("[@/]", "-"));
    if (Files.notExists(folder)) {
      Path begun = Files.createDirectories(Path.of(folder + ".begun"));
      String archive =
          DebianRoot.must(
                  "npm", "pack", "--silent", "--pack-destination", begun.toString(), binding)
              .strip();
      DebianRoot.must(
          "tar",
          "-xzf",
          begun.resolve(archive).toString(),
          "-C",
          begun.toString(),
          "--strip-components=1");
      Files.delete(begun.resolve(archive));
      Files.move(begun, folder);
    }
    return folder;
  }

  static String terraform(String... arguments) throws Exception {
    return DebianRoot.must(
        Stream.concat(Stream.of("env", "TF_CLI_CONFIG_FILE=", "terraform"), Stream.of(arguments))
            .toArray(String[]::new));
  }
}
