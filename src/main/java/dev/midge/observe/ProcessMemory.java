package dev.midge.observe;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The memory of the machine that this process has (RSS). Any thread.
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d{1,15}) kB");

  private ProcessMemory() {}

  /// In bytes. Where the system does not tell, it is what Java has taken for itself, without what
  /// libraries have.
  static long residentBytes() {
    try {
      Matcher resident = RESIDENT.matcher(Files.readString(STATUS, US_ASCII));
      if (resident.find()) {
        return Long.parseLong(resident.group(1)) << 10;
      }
    } catch (IOException _) {
      // There is no such file on other systems.
    }
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    return memory.getHeapMemoryUsage().getCommitted()
        + memory.getNonHeapMemoryUsage().getCommitted();
  }
}
