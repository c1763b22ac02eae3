package dev.midge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.NotifySocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ServiceWatchTest {

  @TempDir private Path folder;

  @Test
  void systemdIsToldOfTheStartTheWorkAndTheEnd() throws InterruptedException {
    try (NotifySocket systemd = NotifySocket.at(folder.resolve("notify"))) {
      try (ServiceWatch _ = ServiceWatch.start(systemd.environment("3000000"), () -> true)) {
        assertThat(systemd.next()).isEqualTo("READY=1");
        assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
        assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
      }
      assertThat(systemd.next()).isEqualTo("STOPPING=1");
    }
  }

  @Test
  void aServerThatDoesNotWorkDoesNotSaySo() throws InterruptedException {
    AtomicInteger asked = new AtomicInteger();
    try (NotifySocket systemd = NotifySocket.at(folder.resolve("notify"))) {
      try (ServiceWatch _ =
          ServiceWatch.start(systemd.environment("3000000"), () -> asked.incrementAndGet() == 2)) {
        assertThat(systemd.next()).isEqualTo("READY=1");
        assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
        assertThat(asked.get()).isGreaterThanOrEqualTo(2);
      }
    }
  }

  @Test
  void withoutSystemdNobodyIsTold() {
    try (ServiceWatch _ = ServiceWatch.start(Map.of(), () -> true)) {
      assertThat(folder).isEmptyDirectory();
    }
  }
}
