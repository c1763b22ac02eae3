package dev.midge.store;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.rocksdb.RocksDBException;

/// The disk beneath a database: how much room it has, and that it may fail, which tests make it do.
interface Disk {
  /// What a database does with it.
  enum Step {
    OPEN,
    WRITE,
    /// A write has taken effect.
    WRITTEN,
    SYNC,
    /// All that was written is on disk.
    SYNCED,
    READ,
    /// What is in memory and in logs of writes begins to be moved to files.
    FLUSH,
    COMPACT
  }

  /// The disk that a folder is on.
  ///
  /// @throws StoreFailure if there is none
  static Disk of(Path folder) {
    try {
      FileStore store = Files.getFileStore(folder);
      long totalBytes = store.getTotalSpace();
      return new Disk() {
        @Override
        public long totalBytes() {
          return totalBytes;
        }

        @Override
        public long freeBytes() throws IOException {
          return store.getUsableSpace();
        }

        @Override
        public long usedBytes() throws IOException {
          return size(folder);
        }

        @Override
        public void begin(Step step) {}
      };
    } catch (IOException e) {
      throw new StoreFailure(folder + ": cannot be read (" + e.getMessage() + ").", e);
    }
  }

  /// How much the files in a folder take; those that vanish meanwhile, nothing.
  static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  /// Its size.
  long totalBytes();

  /// How much of it this process may still write.
  long freeBytes() throws IOException;

  /// How much the files of the database take.
  long usedBytes() throws IOException;

  /// A step begins.
  ///
  /// @throws RocksDBException to make it fail
  void begin(Step step) throws RocksDBException;
}
