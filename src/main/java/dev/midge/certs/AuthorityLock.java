package dev.midge.certs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/// Lets one at a time change what an authority keeps: among threads, and among a server and the
/// commands beside it.
final class AuthorityLock implements AutoCloseable {
  /// A process has a lock of the file system once, for all its threads.
  private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();

  private final FileChannel file;
  private final FileLock lock;

  private AuthorityLock(FileChannel file, FileLock lock) {
    this.file = file;
    this.lock = lock;
  }

  /// Waits until nobody else has it, and takes it.
  static AuthorityLock take(Path path) throws IOException {
    IN_THIS_PROCESS.lock();
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      FileChannel file =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      return new AuthorityLock(file, file.lock());
    } catch (IOException | RuntimeException e) {
      IN_THIS_PROCESS.unlock();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try (file) {
      lock.release();
    } finally {
      IN_THIS_PROCESS.unlock();
    }
  }
}
