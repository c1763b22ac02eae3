package dev.midge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// The folder for all that a server writes, held for one server at a time.
///
/// The operating system drops the lock when the process ends, however it ends.
final class DataFolder implements AutoCloseable {

  private final Path path;
  private final FileChannel lockFile;

  private DataFolder(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /// Makes the folder if need be, and takes it.
  ///
  /// @throws StartFailure if another server has it, or it cannot be written
  static DataFolder take(Path path) {
    Path lockPath = path.resolve("midge.lock");
    try {
      Files.createDirectories(path);
      FileChannel lockFile =
          FileChannel.open(
              lockPath,
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (tryLock(lockFile) == null) {
        String holder = read(lockFile);
        lockFile.close();
        throw new StartFailure(
            path + ": another Midge" + holder + " uses this folder. Choose one with --data.");
      }
      String holder = " (process " + ProcessHandle.current().pid() + ")";
      lockFile.truncate(0);
      lockFile.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
      return new DataFolder(path, lockFile);
    } catch (IOException e) {
      throw new StartFailure(
          path + ": cannot be written (" + e + "). Choose another folder with --data.", e);
    }
  }

  /// Where it is.
  Path path() {
    return path;
  }

  /// Leaves the folder to others.
  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel lockFile) throws IOException {
    try {
      return lockFile.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // This process has it, through another server.
    }
  }

  private static String read(FileChannel lockFile) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(64);
    lockFile.read(bytes, 0);
    return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
  }
}
