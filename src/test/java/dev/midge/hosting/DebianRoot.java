package dev.midge.hosting;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.NotifySocket;
import dev.midge.kit.Requirement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// An empty Debian that has just been installed, booted: systemd is its process 1, and its network
/// is loopback and nothing else. Needs root. One thread.
final class DebianRoot implements AutoCloseable {
  private static final String LEADER = "X_NSPAWN_LEADER_PID=";
  private static final int STOP_SECONDS = 60;

  private final Path folder;
  private final Process container;
  private final String leader;

  private DebianRoot(Path folder, Process container, String leader) {
    this.folder = folder;
    this.container = container;
    this.leader = leader;
  }

  /// Boots one.
  ///
  /// @param folder where it is put, and deleted in the end
  /// @param files what is put into it before, by path
  /// @param packages what it has besides what Debian has in any case, and systemd
  static DebianRoot boot(Path folder, Map<String, byte[]> files, String... packages)
      throws Exception {
    Requirement.programs("debootstrap", "systemd-nspawn", "nsenter", "curl", "mosquitto_sub");
    Requirement.rootAccess();
    delete(folder);
    must("cp", "--archive", "--reflink=auto", image(packages).toString(), folder.toString());
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey().substring(1));
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    Path sockets = Files.createTempDirectory("midge-nspawn");
    Path socket = sockets.resolve("notify");
    try (NotifySocket told = NotifySocket.at(socket)) {
      ProcessBuilder nspawn =
          new ProcessBuilder(
              "systemd-nspawn",
              "--directory=" + folder.toAbsolutePath(),
              "--boot",
              "--register=no",
              "--keep-unit",
              "--private-network",
              "--notify-ready=yes",
              "--console=pipe");
      nspawn.environment().put("NOTIFY_SOCKET", socket.toString());
      nspawn.redirectErrorStream(true);
      Files.createDirectories(Path.of("target"));
      nspawn.redirectOutput(Path.of(folder + ".log").toFile());
      Process container = nspawn.start();
      String leader = "";
      boolean isReady = false;
      while (leader.isEmpty() || !isReady) {
        for (String line : told.next().lines().toList()) {
          leader = line.startsWith(LEADER) ? line.substring(LEADER.length()) : leader;
          isReady |= line.equals("READY=1");
        }
      }
      return new DebianRoot(folder, container, leader);
    } finally {
      delete(sockets);
    }
  }

  /// What is copied for each: installing takes a minute, so it is done once, and kept.
  private static Path image(String... packages) throws Exception {
    String name = Stream.concat(Stream.of("debian"), Stream.of(packages)).collect(joining("-"));
    Path image = Path.of("target", name).toAbsolutePath();
    if (Files.notExists(image)) {
      Path begun = Path.of(image + ".begun");
      delete(begun);
      Files.createDirectories(begun.getParent());
      must(
          "debootstrap",
          "--variant=minbase",
          "--include=systemd,systemd-sysv,dbus",
          "bookworm",
          begun.toString());
      if (packages.length > 0) { // Which debootstrap would not configure in the right order.
        List<String> install =
            new ArrayList<>(List.of("chroot", begun.toString(), "apt-get", "install", "--yes"));
        install.add("--no-install-recommends");
        install.addAll(List.of(packages));
        must(install.toArray(String[]::new));
      }
      Files.move(begun, image);
    }
    return image;
  }

  /// A file of it, as seen from outside.
  Path file(String path) {
    return folder.resolve(path.substring(1));
  }

  /// Runs a command in it.
  ///
  /// @return what it wrote, errors too; it has ended with status 0
  String run(String... command) throws Exception {
    return must(inside(List.of("--mount", "--uts", "--ipc", "--net", "--pid"), command));
  }

  /// Runs a command in it that may fail.
  int status(String... command) throws Exception {
    return start(inside(List.of("--mount", "--uts", "--ipc", "--net", "--pid"), command)).waitFor();
  }

  /// Runs a program of this machine in its network.
  String fromOutside(String... command) throws Exception {
    return must(inside(List.of("--net"), command));
  }

  private String[] inside(List<String> namespaces, String... command) {
    List<String> line = new ArrayList<>(List.of("nsenter", "--target", leader));
    line.addAll(namespaces);
    line.addAll(List.of("--", "env", "-i", "PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"));
    line.addAll(List.of(command));
    return line.toArray(String[]::new);
  }

  private static Process start(String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(Map.of("LC_ALL", "C.UTF-8", "DEBIAN_FRONTEND", "noninteractive"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder.start();
  }

  /// Runs a command that must succeed.
  ///
  /// @return what it wrote
  static String must(String... command) throws IOException, InterruptedException {
    Process process = start(command);
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Arrays.toString(command) + "\n" + output).isZero();
    return output;
  }

  private static void delete(Path folder) throws IOException, InterruptedException {
    must("rm", "--recursive", "--force", "--one-file-system", folder.toString());
  }

  /// Shuts it down, and deletes it.
  @Override
  public void close() throws IOException {
    container.destroy();
    try {
      if (!container.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        container.destroyForcibly().waitFor();
      }
      delete(folder);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
