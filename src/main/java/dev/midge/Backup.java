package dev.midge;

import dev.midge.store.StoreFailure;
import dev.midge.store.StoreFolder;
import dev.midge.store.StoreFolder.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/// A copy of what a server keeps in its data folder: its store as it was at one moment, and its
/// files, which are its authority and all keys, tokens and bans. A server may use the folder all
/// the while: what is put back waits beside the rest, and the next start takes it up.
final class Backup {
  private static final Logger LOG = Logger.getLogger("dev.midge.server");

  /// What waits to be taken up.
  private static final String RESTORED = "restored";

  private static final String STORE = "store";

  /// What is not whole yet.
  private static final String PART = ".part";

  /// What another took the place of.
  private static final String OLD = ".old";

  /// What belongs to one process or one machine, and what is copied otherwise.
  private static final Set<String> LEFT_OUT =
      Set.of(
          STORE,
          RESTORED,
          RESTORED + PART,
          RESTORED + OLD,
          "history",
          "native",
          "midge.lock",
          "endpoints.env",
          "endpoints.json",
          "lost+found");

  private Backup() {}

  /// Copies a data folder.
  ///
  /// @param target a folder that is not there yet
  /// @throws StartFailure if it is there, or something cannot be read or written
  /// @throws StoreFailure if the store is of another version, or cannot be copied
  static void make(Path data, Path target, Progress progress) {
    if (Files.exists(target)) {
      throw new StartFailure(target + ": is there already.");
    }
    copy(data, target, progress);
  }

  /// Puts a copy where the next start of the server that uses the data folder takes it up. One that
  /// waits there already stays until this one is whole.
  ///
  /// @throws StartFailure if something cannot be read or written
  /// @throws StoreFailure if it is no copy, or one of another version
  static void putBack(Path backup, Path data, Progress progress) {
    copy(backup, data.resolve(RESTORED), progress);
  }

  private static void copy(Path from, Path to, Progress progress) {
    Path part = beside(to, PART);
    Path old = beside(to, OLD);
    try (StoreFolder store = StoreFolder.open(from.resolve(STORE))) {
      StoreFolder.delete(part);
      Files.createDirectories(part);
      store.copyTo(part.resolve(STORE).toAbsolutePath(), progress);
      for (Path entry : entries(from)) {
        if (!LEFT_OUT.contains(String.valueOf(entry.getFileName()))) {
          copyTree(entry, part.resolve(entry.getFileName()));
        }
      }
      if (to.endsWith(RESTORED)) {
        giveTo(to.resolveSibling("."), part);
      }
      sync(part);
      if (Files.exists(to)) { // It must not be found when half of it is deleted.
        StoreFolder.delete(old);
        Files.move(to, old, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
      force(part.toAbsolutePath().resolveSibling("."));
      StoreFolder.delete(old);
    } catch (IOException | UncheckedIOException e) {
      throw new StartFailure(to + ": cannot be written (" + e + ").", e);
    }
  }

  private static Path beside(Path path, String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  /// Returns when all files, and that they are there, are on disk.
  private static void sync(Path files) throws IOException {
    try (Stream<Path> all = Files.walk(files)) {
      for (Path path : all.toList()) {
        force(path);
      }
    }
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Files.copy(
            path, to.resolve(from.relativize(path).toString()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  /// Lets the files belong to whom the folder belongs to: root may have made them for somebody
  /// else.
  private static void giveTo(Path owner, Path files) throws IOException {
    if (!owner.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return;
    }
    Object user = Files.getAttribute(owner, "unix:uid");
    Object group = Files.getAttribute(owner, "unix:gid");
    try (Stream<Path> all = Files.walk(files)) {
      for (Path path : all.toList()) {
        if (!user.equals(Files.getAttribute(path, "unix:uid"))) {
          Files.setAttribute(path, "unix:uid", user);
          Files.setAttribute(path, "unix:gid", group);
        }
      }
    }
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }

  /// Takes up what was put back, in place of what is there. Whenever it is cut off, the next one
  /// goes on.
  ///
  /// @throws StartFailure if it cannot be; then the folder is left to others
  static void takeUp(DataFolder data) {
    Path restored = data.path().resolve(RESTORED);
    if (!Files.isDirectory(restored)) {
      return;
    }
    try {
      for (Path entry : entries(restored)) {
        Path old = data.path().resolve(entry.getFileName());
        StoreFolder.delete(old);
        Files.move(entry, old, StandardCopyOption.ATOMIC_MOVE);
      }
      force(data.path()); // Before nothing tells any more that there was something to move.
      Files.delete(restored);
      LOG.infof("took up what was put back from a backup");
    } catch (IOException | UncheckedIOException e) {
      data.close();
      throw new StartFailure(restored + ": cannot be taken up (" + e + ").", e);
    }
  }
}
