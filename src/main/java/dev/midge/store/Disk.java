package dev.midge.store;

import java.io.File;
import java.io.IOException;
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
    File disk = folder.toFile(); // A FileStore is looked up among mounts, which a chroot may lack.
    long totalBytes = disk.getTotalSpace();
    if (totalBytes == 0) {
      throw new StoreFailure(folder + ": cannot be read, or is on no disk.", null);
    }
    return new Disk() {
      @Override
      public long totalBytes() {
        return totalBytes;
      }

      @Override
      public long freeBytes() {
        return disk.getUsableSpace();
      }

      @Override
      public long usedBytes() throws IOException {
        return size(folder);
      }

      @Override
      public void begin(Step step) {}
    };
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
