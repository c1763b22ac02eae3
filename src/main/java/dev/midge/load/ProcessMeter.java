package dev.midge.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a process of this machine uses, as Linux tells it in `/proc`.
final class ProcessMeter {

  /// What it had used at one time.
  ///
  /// @param cpuMicros by all its threads since its start, in user mode and in the kernel
  /// @param rssBytes the memory that it occupies
  /// @param writtenBytes what it gave to disks
  record Reading(long cpuMicros, long rssBytes, long writtenBytes) {}

  /// Linux tells times in hundredths of a second, whatever its clock.
  private static final long TICK_MICROS = 10_000;

  private static final Reading NOTHING = new Reading(0, 0, 0);

  private final Path folder;
  private final boolean isKnown;

  /// A meter for the process with this identifier, or for none when it is 0.
  ProcessMeter(long pid) {
    this.folder = Path.of("/proc", Long.toString(pid));
    this.isKnown = pid != 0;
    if (isKnown && !Files.isReadable(folder.resolve("stat"))) {
      throw new LoadFailure("there is no process " + pid + " on this machine to read the CPU of");
    }
  }

  /// A meter for this process, or for none where there is no `/proc`.
  static ProcessMeter ofThisProcess() {
    return new ProcessMeter(
        Files.isReadable(Path.of("/proc/self/stat")) ? ProcessHandle.current().pid() : 0);
  }

  /// Whether there is a process to read of.
  boolean isKnown() {
    return isKnown;
  }

  /// What it has used; nothing when it is not known.
  Reading read() {
    if (!isKnown) {
      return NOTHING;
    }
    try {
      String stat = Files.readString(folder.resolve("stat"));
      // The name of the program stands in parentheses and may have blanks.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
      return new Reading(
          ticks * TICK_MICROS, bytes("status", "VmRSS:") << 10, bytes("io", "write_bytes:"));
    } catch (IOException e) {
      throw new LoadFailure("the process of the broker is gone", e);
    }
  }

  /// The number in the line of a file that begins with a word; 0 where it is not for us to see.
  private long bytes(String file, String word) throws IOException {
    Path path = folder.resolve(file);
    if (!Files.isReadable(path)) {
      return 0;
    }
    return Files.readAllLines(path).stream()
        .filter(line -> line.startsWith(word))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }
}
