package dev.midge.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// How long the disk takes to keep a small write for certain.
final class SyncProbe {

  private static final int WRITES = 200;
  private static final int WRITE_BYTES = 512;

  private SyncProbe() {}

  /// The median of some small appends to a file in a folder, each synced, in milliseconds.
  static double medianMillis(Path folder) {
    double[] millis = new double[WRITES];
    try {
      Path file = Files.createTempFile(folder, "sync", ".probe");
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.allocate(WRITE_BYTES);
        for (int i = 0; i < WRITES; i++) {
          bytes.clear();
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
          long nanos = System.nanoTime();
          channel.force(false);
          millis[i] = (System.nanoTime() - nanos) / 1e6;
        }
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new LoadFailure(folder + ": cannot be written (" + e + ")", e);
    }
    Arrays.sort(millis);
    return millis[WRITES / 2];
  }
}
