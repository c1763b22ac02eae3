package dev.midge.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The life of the Debian package on a machine that has nothing else, in order.
@TestMethodOrder(OrderAnnotation.class)
@Timeout(900)
class PackageIT {
  private static final Path FOLDER = Path.of("target", "debian-package").toAbsolutePath();

  /// What Debian writes at each installation, and what is no file of its own.
  private static final List<String> OF_DEBIAN =
      List.of("/proc", "/sys", "/dev", "/run", "/tmp", "/var/log", "/var/lib/dpkg", "/var/tmp");

  private static DebianRoot debian;
  private static Set<String> before;

  @BeforeAll
  static void boot() throws Exception {
    debian = DebianRoot.boot(FOLDER, Map.of());
    DebianRoot.must("./midge", "package", "debian");
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      Path deb = files.filter(file -> file.toString().endsWith(".deb")).findFirst().orElseThrow();
      Files.copy(deb, debian.file("/midge.deb"));
    }
    before = files();
  }

  @AfterAll
  static void shutDown() throws Exception {
    if (debian != null) {
      debian.close();
    }
  }

  @Test
  @Order(1)
  void itInstallsAndStarts() throws Exception {
    debian.run("dpkg", "--install", "/midge.deb");

    assertThat(debian.run("systemctl", "is-active", "midge")).isEqualTo("active\n");
    assertThat(debian.run("systemctl", "is-enabled", "midge")).isEqualTo("enabled\n");
    assertThat(debian.run("systemctl", "show", "-p", "StatusErrno", "-p", "NRestarts", "midge"))
        .contains("NRestarts=0");
  }

  @Test
  @Order(2)
  void itRunsAsAUserOfItsOwnWhoMayOpenLowPortsAndNothingElse() throws Exception {
    String status = debian.run("cat", "/proc/" + mainPid() + "/status");

    assertThat(debian.run("stat", "--format=%U", "/proc/" + mainPid())).isEqualTo("midge\n");
    assertThat(status).contains("CapEff:\t0000000000000400", "NoNewPrivs:\t1");
    assertThat(debian.run("stat", "--format=%a %U %G", "/etc/midge", "/var/lib/midge"))
        .isEqualTo("750 root midge\n750 midge midge\n");
  }

  /// What the analysis counts against a server on the Internet is that it is one.
  @Test
  @Order(2)
  void itsUnitIsSoundAndExposedToLittle() throws Exception {
    assertThat(debian.run("systemd-analyze", "verify", "midge.service")).isEmpty();
    debian.run("systemd-analyze", "security", "--offline=true", "--threshold=17", "midge.service");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "[::1]"})
  @Order(2)
  void everyEndpointAnswers(String host) throws Exception {
    assertThat(debian.fromOutside("curl", "-sSf", "http://" + host + "/q/health/ready"))
        .contains("\"UP\"");
    assertThat(debian.fromOutside("curl", "-sSfk", "https://" + host + "/")).contains("<html");
    List<String> ports =
        Stream.of(debian.fromOutside("curl", "-sSf", "http://" + host + "/listeners.json"))
            .flatMap(json -> json.lines())
            .filter(line -> line.strip().startsWith("\"port\""))
            .map(line -> line.replaceAll("\\D", ""))
            .toList();
    assertThat(ports).hasSizeGreaterThan(30).contains("80", "443", "1883", "8883");
    for (String port : ports) {
      debian.fromOutside(
          "bash", "-c", "exec 3<>/dev/tcp/" + host.replaceAll("[\\[\\]]", "") + "/" + port);
    }
  }

  @Test
  @Order(3)
  void whatWaitsForAClientOutlivesARestart() throws Exception {
    sub("--disable-clean-session", "-E");
    pub("before");

    debian.run("systemctl", "restart", "midge");
    pub("after");

    assertThat(sub("--disable-clean-session", "-C", "2", "-W", "60")).isEqualTo("before\nafter\n");
  }

  @Test
  @Order(3)
  void itTakesUpItsConfigurationWhenSystemdTellsItTo() throws Exception {
    debian.run("systemctl", "reload", "midge");

    debian.run(
        "sh",
        "-c",
        "until journalctl --sync && journalctl -u midge | grep -q 'took up the configuration';"
            + " do sleep 0.2; done");
  }

  @Test
  @Order(3)
  void aBackupIsMadeBesideARunningServerAndPutBack() throws Exception {
    sub("--disable-clean-session", "-E");
    pub("kept");

    debian.run("systemctl", "start", "midge-backup.service");
    assertThat(sub("--disable-clean-session", "-C", "1", "-W", "60")).isEqualTo("kept\n");
    debian.run("midge", "restore", "/var/backups/midge/last");
    debian.run("systemctl", "restart", "midge");

    assertThat(sub("--disable-clean-session", "-C", "1", "-W", "60")).isEqualTo("kept\n");
    assertThat(debian.run("systemctl", "is-active", "midge-backup.timer")).isEqualTo("active\n");
  }

  @Test
  @Order(4)
  void aServerThatHangsIsStartedAnew() throws Exception {
    Path folder = Files.createDirectories(debian.file("/etc/systemd/system/midge.service.d"));
    Path soon = folder.resolve("soon.conf");
    Files.writeString(soon, "[Service]\nWatchdogSec=10\n");
    debian.run("systemctl", "daemon-reload");
    debian.run("systemctl", "restart", "midge");
    String hung = mainPid();

    debian.run("sh", "-c", "kill -STOP " + hung);

    debian.run(
        "sh",
        "-c",
        "until [ \"$(systemctl show -p Result -p NRestarts --value midge | grep -c '^[1-9]')\" = 1 ]"
            + " && systemctl is-active -q midge; do sleep 0.2; done");
    assertThat(mainPid()).isNotEqualTo(hung);
    DebianRoot.must("rm", "-r", folder.toString());
    debian.run("systemctl", "daemon-reload");
  }

  @Test
  @Order(5)
  void aMistakeInTheConfigurationEndsItOnce() throws Exception {
    Path file = debian.file("/etc/midge/listeners/1883-plain.yaml");
    String good = Files.readString(file);
    Files.writeString(file, good.replace("port: 1883", "port: 1884"));

    assertThat(debian.status("systemctl", "restart", "midge")).isNotZero();

    assertThat(debian.run("systemctl", "show", "-p", "ExecMainStatus", "midge"))
        .isEqualTo("ExecMainStatus=2\n");
    Files.writeString(file, good);
    debian.run("systemctl", "restart", "midge");
  }

  @Test
  @Order(6)
  void removingItKeepsItsConfigurationAndItsData() throws Exception {
    debian.run("dpkg", "--remove", "midge");

    assertThat(debian.file("/usr/lib/midge")).doesNotExist();
    assertThat(debian.file("/etc/midge/midge.env")).exists();
    assertThat(debian.file("/var/lib/midge/store")).exists();
    assertThat(debian.status("systemctl", "is-active", "--quiet", "midge")).isNotZero();
  }

  @Test
  @Order(7)
  void purgingItLeavesNothing() throws Exception {
    debian.run("dpkg", "--purge", "midge");

    Set<String> left = files();
    left.removeAll(before);
    // Which useradd makes beside the files that it changes.
    assertThat(left)
        .allMatch(file -> file.matches("/etc/(passwd|shadow|group|gshadow|subuid|subgid)-"));
    assertThat(debian.run("getent", "passwd")).doesNotContain("midge");
  }

  private static String mainPid() throws Exception {
    return debian.run("systemctl", "show", "-p", "MainPID", "--value", "midge").strip();
  }

  private static void pub(String message) throws Exception {
    debian.fromOutside("mosquitto_pub", "-t", "package", "-m", message, "-q", "1");
  }

  private static String sub(String... more) throws Exception {
    List<String> line =
        Stream.concat(
                Stream.of("mosquitto_sub", "-t", "package", "-q", "1", "-i", "subscriber"),
                Stream.of(more))
            .toList();
    return debian.fromOutside(line.toArray(String[]::new));
  }

  /// The files and folders of the system.
  private static Set<String> files() throws Exception {
    return debian
        .run("find", "/", "-xdev", "-print")
        .lines()
        .filter(file -> OF_DEBIAN.stream().noneMatch(file::startsWith))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
