package dev.midge.hosting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Requirement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What `terraform/bootstrap` renders, given to cloud-init on a machine that boots for the first
/// time.
@Timeout(900)
class CloudInitIT {
  private static final Path FOLDER = Path.of("target", "debian-first-boot").toAbsolutePath();

  @TempDir private static Path temporary;
  private static String userData;
  private static DebianRoot debian;

  @BeforeAll
  static void boot() throws Exception {
    Requirement.programs("terraform");
    Requirement.rootAccess();
    DebianRoot.must("./midge", "package", "debian");
    byte[] deb;
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      deb =
          Files.readAllBytes(
              files.filter(file -> file.toString().endsWith(".deb")).findFirst().orElseThrow());
    }
    userData = render("file:///srv/midge.deb", sha256(deb));
    debian =
        DebianRoot.boot(
            FOLDER,
            Map.of(
                "/srv/midge.deb", deb,
                "/var/lib/cloud/seed/nocloud/user-data", userData.getBytes(UTF_8),
                "/var/lib/cloud/seed/nocloud/meta-data", "instance-id: midge\n".getBytes(UTF_8)),
            "cloud-init",
            "ca-certificates",
            "curl",
            "e2fsprogs");
  }

  @AfterAll
  static void shutDown() throws Exception {
    if (debian != null) {
      debian.close();
    }
  }

  /// The schema takes keys that it does not know: these are the ones that are meant.
  @Test
  void cloudInitKnowsWhatItIsTold() throws Exception {
    assertThat(
            Pattern.compile("^\"?(\\w+)\"?:", Pattern.MULTILINE)
                .matcher(userData)
                .results()
                .map((MatchResult found) -> found.group(1)))
        .containsExactlyInAnyOrderElementsOf(
            Set.of("package_update", "packages", "write_files", "runcmd"));
    assertThat(
            debian.run(
                "cloud-init", "schema", "--config-file", "/var/lib/cloud/seed/nocloud/user-data"))
        .contains("Valid");
  }

  /// The machine has neither a network to get packages from nor locales, as those of providers do;
  /// nothing else fails.
  @Test
  void aMachineThatBootsForTheFirstTimeIsAServer() throws Exception {
    int _ = debian.status("cloud-init", "status", "--wait");

    assertThat(debian.run("systemctl", "is-active", "midge")).isEqualTo("active\n");
    assertThat(debian.fromOutside("curl", "-sSf", "http://localhost/q/health/ready"))
        .contains("\"UP\"");
    assertThat(Files.readString(debian.file("/etc/midge/midge.env")))
        .contains("MIDGE_DOMAIN=mqtt.example.org\n");
    assertThat(Files.readString(debian.file("/var/log/cloud-init-output.log")))
        .doesNotContain("Failed running /var/lib/cloud/instance/scripts/runcmd");
    Set<String> failed =
        Pattern.compile("'([\\w-]+)', \\w+Error")
            .matcher(debian.run("cat", "/run/cloud-init/result.json"))
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toSet());
    assertThat(failed).isSubsetOf("package-update-upgrade-install", "locale");
  }

  /// An authority that nobody reaches from there is not asked.
  private static String render(String url, String sha256) throws Exception {
    Path module = temporary.resolve("terraform");
    DebianRoot.must("cp", "-r", "terraform/bootstrap", module.toString());
    String chdir = "-chdir=" + module;
    TerraformIT.terraform(chdir, "init", "-backend=false");
    TerraformIT.terraform(
        chdir,
        "apply",
        "-auto-approve",
        "-var=listeners=" + Path.of("listeners").toAbsolutePath(),
        "-var=domain=mqtt.example.org",
        "-var=acme_directory=",
        "-var=package_url=" + url,
        "-var=package_sha256=" + sha256);
    return TerraformIT.terraform(chdir, "output", "-raw", "user_data");
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
