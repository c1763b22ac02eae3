package dev.midge.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.certs.ClientRefusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// What is written and counted of clients that were refused.
class RefusalLogTest {
  private final AtomicLong nanos = new AtomicLong();
  private final List<String> lines = new ArrayList<>();
  private final RefusalLog log = new RefusalLog(nanos::get, lines::add);

  @Test
  void aLineSaysWhoAndWhyWithoutControlCharacters() {
    log.refused("192.0.2.1:5", ClientRefusal.EXPIRED, "ended\n2020");

    assertThat(lines)
        .containsExactly("192.0.2.1:5 refused for its certificate (expired): ended\\u000a2020");
  }

  @Test
  void aFloodIsCountedButNotWritten() {
    for (int i = 0; i < 1000; i++) {
      log.refused("192.0.2.1:5", ClientRefusal.NONE, "none");
    }
    log.refused("192.0.2.1:5", ClientRefusal.REVOKED, "revoked");

    assertThat(lines).hasSize(10);
    assertThat(log.count(ClientRefusal.NONE)).isEqualTo(1000);
    assertThat(log.count(ClientRefusal.REVOKED)).isEqualTo(1);
    assertThat(log.count(ClientRefusal.FOREIGN)).isZero();
  }

  @Test
  void whatWasLeftOutIsToldLater() {
    for (int i = 0; i < 12; i++) {
      log.refused("192.0.2.1:5", ClientRefusal.FOREIGN, "foreign");
    }
    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    log.refused("192.0.2.1:6", ClientRefusal.FOREIGN, "foreign");
    log.refused("192.0.2.1:7", ClientRefusal.FOREIGN, "foreign");

    assertThat(lines.subList(10, lines.size()))
        .containsExactly(
            "(2 lines left out) 192.0.2.1:6 refused for its certificate (foreign): foreign",
            "192.0.2.1:7 refused for its certificate (foreign): foreign");
  }
}
