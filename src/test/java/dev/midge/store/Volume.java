package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A file system in a file, which gets full, and whose power can be cut: what is left is what it
/// had given to its disk, without what was only in memory. Only root may have one.
final class Volume {
  private static final int PATIENCE_SECONDS = 60;
  private final Path folder;
  private final Path mount;
  private int images;

  /// Makes one in a folder that is there.
  ///
  /// @param size like `64M`
  Volume(Path folder, String size) throws Exception {
    this.folder = folder;
    this.mount = Files.createDirectory(folder.resolve("volume"));
    run("truncate", "-s", size, image().toString());
    run("mkfs.ext4", "-q", image().toString());
    mount();
  }

  /// Whether this machine and this user allow it: only root may mount, and a container may not have
  /// loop devices even in continuous integration. Tests that need one are skipped then.
  static boolean isPossible() {
    return System.getProperty("user.name").equals("root")
        && Files.exists(Path.of("/dev/loop-control"))
        && Files.isExecutable(Path.of("/usr/sbin/mkfs.ext4"));
  }

  /// Where it is to be written to.
  Path path() {
    return mount;
  }

  /// Writes a file until nothing more fits.
  ///
  /// @param leftBytes how much is left free, roughly
  Path fill(String name, long leftBytes) throws IOException {
    Path file = mount.resolve(name);
    byte[] block = new byte[64 << 10];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (mount.toFile().getUsableSpace() > leftBytes) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(leftBytes).as("room that was there").isZero();
    }
    return file;
  }

  /// Cuts the power, with which a process ends that writes to it; then there is power again.
  ///
  /// @return whether what nobody had synced was lost, as it is unless the kernel was quick to write
  boolean cutPower(Process process) throws Exception {
    // Nothing is written while what is on the disk is copied.
    run("kill", "-STOP", Long.toString(process.pid()));
    Path unsynced = Files.write(mount.resolve("unsynced-" + images), new byte[1 << 20]);
    Path before = image();
    images++;
    run("cp", "--sparse=always", before.toString(), image().toString());
    process.destroyForcibly().waitFor();
    unmount();
    Files.delete(before);
    mount();
    return !Files.exists(unsynced) || Files.size(unsynced) == 0;
  }

  private Path image() {
    return folder.resolve("image-" + images);
  }

  private void mount() throws Exception {
    run("mount", "-o", "loop", image().toString(), mount.toString());
  }

  private void unmount() throws Exception {
    run("umount", mount.toString());
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(List.of(command) + ": " + output).isZero();
  }

  /// Takes it away; what this process has loaded from it stays until it ends.
  void remove() throws Exception {
    run("umount", "--lazy", mount.toString());
  }
}
