package dev.midge.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// The averages of some figures over each step of a span, in a file of a fixed size: each step has
/// its place, which a later one takes over. All of it is in memory, too; a change is written at
/// once and left to the operating system to keep, so that a crash of the machine costs a moment. A
/// file that is damaged, or of other figures, is begun anew. One thread at a time.
final class RingFile implements AutoCloseable {
  private static final int FORMAT = 0x4D47_4831;
  private static final int HEADER_BYTES = 16;

  private final FileChannel file;
  private final Span span;
  private final int figures;

  /// The step that has each place, counted from the epoch, or 0; how many samples it has; and their
  /// averages.
  private final long[] steps;

  private final int[] counts;
  private final float[][] averages;

  private RingFile(FileChannel file, Span span, int figures) {
    this.file = file;
    this.span = span;
    this.figures = figures;
    this.steps = new long[span.steps()];
    this.counts = new int[span.steps()];
    this.averages = new float[span.steps()][figures];
  }

  /// Opens a file, or makes it.
  ///
  /// @param names what the figures are called
  /// @throws IOException if that cannot be done
  static RingFile open(Path path, Span span, List<String> names) throws IOException {
    Files.createDirectories(path.toAbsolutePath().resolveSibling(""));
    FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    RingFile ring = new RingFile(file, span, names.size());
    ByteBuffer header =
        ByteBuffer.allocate(HEADER_BYTES)
            .putInt(FORMAT)
            .putInt(span.stepSeconds())
            .putInt(span.steps())
            .putInt(String.join(",", names).hashCode())
            .flip();
    if (!ring.read(header)) {
      file.truncate(0);
      ring.write(header, 0);
    }
    return ring;
  }

  /// Takes up what is there; false if it is not what is wanted.
  private boolean read(ByteBuffer wanted) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + steps.length * placeBytes());
    if (file.size() > bytes.capacity()) {
      return false;
    }
    while (bytes.hasRemaining() && file.read(bytes, bytes.position()) > 0) {
      // Until all of it is there.
    }
    bytes.flip();
    if (bytes.remaining() < HEADER_BYTES || !bytes.slice(0, HEADER_BYTES).equals(wanted)) {
      return false;
    }
    bytes.position(HEADER_BYTES);
    for (int place = 0; bytes.remaining() >= placeBytes(); place++) {
      steps[place] = bytes.getLong();
      counts[place] = bytes.getInt();
      for (int i = 0; i < figures; i++) {
        averages[place][i] = bytes.getFloat();
      }
    }
    return true;
  }

  private int placeBytes() {
    return Long.BYTES + Integer.BYTES + figures * Float.BYTES;
  }

  /// Adds a sample of all figures to the average of its step.
  void add(long epochSeconds, List<Double> sample) {
    long step = epochSeconds / span.stepSeconds();
    int place = (int) (step % steps.length);
    if (steps[place] != step) {
      steps[place] = step;
      counts[place] = 0;
    }
    int count = ++counts[place];
    ByteBuffer bytes = ByteBuffer.allocate(placeBytes()).putLong(step).putInt(count);
    for (int i = 0; i < figures; i++) {
      float before = count == 1 ? 0 : averages[place][i];
      averages[place][i] = before + (float) ((sample.get(i) - before) / count);
      bytes.putFloat(averages[place][i]);
    }
    try {
      write(bytes.flip(), HEADER_BYTES + (long) place * placeBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(ByteBuffer bytes, long at) throws IOException {
    long next = at;
    while (bytes.hasRemaining()) {
      next += file.write(bytes, next);
    }
  }

  /// The steps of the span that ends now, in their order.
  Columns read(long nowSeconds) {
    long last = nowSeconds / span.stepSeconds();
    List<Long> times = new ArrayList<>();
    List<List<Float>> columns = new ArrayList<>();
    for (int i = 0; i < figures; i++) {
      columns.add(new ArrayList<>());
    }
    for (long step = Math.max(1, last - steps.length + 1); step <= last; step++) {
      int place = (int) (step % steps.length);
      if (steps[place] == step && counts[place] > 0) {
        times.add(step * span.stepSeconds());
        for (int i = 0; i < figures; i++) {
          columns.get(i).add(averages[place][i]);
        }
      }
    }
    return new Columns(times, columns);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
