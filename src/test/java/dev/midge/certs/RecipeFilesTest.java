package dev.midge.certs;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.config.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said of recipes that are wrong.
class RecipeFilesTest {

  private static final String LEAF =
      """
      name: leaf
      summary: For a test.
      kind: server
      subject: localhost
      authority: intermediate
      key: ecdsa-p256
      days: 90
      names: [localhost]
      """;

  @TempDir private Path folder;

  @Test
  void anAuthorityThatIsNotThereIsTold() throws IOException {
    Files.writeString(folder.resolve("leaf.yaml"), LEAF);
    Files.copy(Path.of("certs/ca.yaml"), folder.resolve("ca.yaml"));

    assertProblem("leaf.yaml:1: there is no authority 'intermediate'. Known here: ca, leaf.");
  }

  @Test
  void aServerCertificateSignsNothing() throws IOException {
    Files.writeString(folder.resolve("leaf.yaml"), LEAF.replace("intermediate", "leaf"));

    assertProblem(
        "leaf.yaml:1: 'leaf' signs no certificate of this kind. A root signs anything, an"
            + " intermediate what is for servers.");
  }

  @Test
  void allThatIsWrongIsTold() throws IOException {
    Files.writeString(
        folder.resolve("leaf.yaml"),
        LEAF.replace("name: leaf", "name: loaf")
            .replace("ecdsa-p256", "dsa")
            .replace("90", "0")
            .replace("[localhost]", "[localhost, '1:2']\nfaults: none"));

    assertProblem(
        "leaf.yaml:1: the name 'loaf' is not the name in leaf.yaml. A recipe with the name"
            + " localhost, in lower case, is in localhost.yaml.");
    assertProblem(
        "leaf.yaml:6: 'key' must be one of ecdsa-p256, ecdsa-p384, ed25519, rsa-2048, rsa-4096");
    assertProblem("leaf.yaml:7: 'days' must be a whole number from 1 to 36500, but is '0'.");
    assertProblem("leaf.yaml:8: '1:2' is no address.");
    assertProblem("leaf.yaml:9: unknown key 'faults'.");
  }

  @Test
  void onlyOneCertificateIsThatOfAPublicAuthorityAndItHasNoFault() throws IOException {
    Files.copy(Path.of("certs/ca.yaml"), folder.resolve("ca.yaml"));
    Files.copy(Path.of("certs/intermediate.yaml"), folder.resolve("intermediate.yaml"));
    Files.writeString(folder.resolve("leaf.yaml"), LEAF + "acme: true\n");
    Files.writeString(
        folder.resolve("twig.yaml"), LEAF.replace("name: leaf", "name: twig") + "acme: true\n");
    assertProblem("twig.yaml:1: another recipe has 'acme: true' already. One is enough.");

    Files.delete(folder.resolve("twig.yaml"));
    Files.writeString(folder.resolve("leaf.yaml"), LEAF + "acme: true\nfault: expired\n");
    assertProblem(
        "leaf.yaml:9: no public authority makes a certificate with a fault. Leave out 'acme' or"
            + " 'fault'.");
  }

  private void assertProblem(String problem) {
    assertThatThrownBy(() -> RecipeFiles.load(folder))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining(folder + "/" + problem);
  }
}
