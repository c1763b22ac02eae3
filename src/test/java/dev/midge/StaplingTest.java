package dev.midge;

import static dev.midge.kit.OcspAuthority.EC;
import static dev.midge.kit.OcspAuthority.GOOD;
import static dev.midge.kit.OcspAuthority.REVOKED;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.midge.acme.StatusResult;
import dev.midge.certs.Certificates;
import dev.midge.certs.StatusQuery;
import dev.midge.kit.OcspAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is shown with a public certificate, and when its authority is asked again.
class StaplingTest {
  private static final String A_DAY = "-ndays 1";
  @TempDir private Path folder;
  private OcspAuthority authority;
  private HttpServer server;
  private volatile byte[] answer = {};
  private Certificates certificates;
  private Stapling stapling;
  private StatusQuery query;
  private X509Certificate leaf;

  @BeforeEach
  void begin() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(answer.length == 0 ? 503 : 200, answer.length);
            exchange.getResponseBody().write(answer);
          }
        });
    server.start();
    authority =
        OcspAuthority.in(
            folder,
            "[leaf]\nauthorityInfoAccess = OCSP;URI:http://127.0.0.1:%d/\n"
                .formatted(server.getAddress().getPort()));
    authority.leaf("leaf", "ca", "leaf", EC);
    leaf = authority.certificate("leaf");
    query = StatusQuery.about(authority.credential("leaf", "ca")).orElseThrow();
    certificates = new Certificates(folder, Map.of(), "");
    stapling = new Stapling(certificates);
  }

  @AfterEach
  void end() {
    stapling.close();
    server.stop(0);
  }

  @Test
  void itIsAskedAgainWhenHalfTheTimeIsOver() throws IOException {
    say(GOOD, A_DAY);

    assertThat(stapling.ask(query)).isBetween(Duration.ofHours(11), Duration.ofHours(12));
    assertThat(shown(Instant.now())).isTrue();
    say(GOOD, "-nmin 1");
    assertThat(stapling.ask(query)).isEqualTo(Duration.ofMinutes(1));
    say(GOOD, "-ndays 7");
    assertThat(stapling.ask(query)).isEqualTo(Duration.ofDays(1));
  }

  @Test
  void withoutAnAnswerTheLastOneIsShownForAsLongAsItHolds() throws IOException {
    say(GOOD, A_DAY);
    Instant before = Instant.now();
    stapling.ask(query);
    answer = new byte[0];

    stapling.ask(query);

    assertThat(stapling.count(StatusResult.NONE)).isOne();
    assertThat(shown(before.plus(Duration.ofHours(23)))).isTrue();
    assertThat(shown(Instant.now().plus(Duration.ofDays(1)))).isFalse();
  }

  @Test
  void whoDoesNotAnswerIsAskedLessAndLessOften() throws IOException {
    for (int minutes : new int[] {5, 10, 20, 40, 60, 60, 60}) {
      Duration pause = Duration.ofMinutes(minutes);
      assertThat(stapling.ask(query)).isBetween(pause, pause.multipliedBy(3).dividedBy(2));
    }
    say(GOOD, A_DAY);
    stapling.ask(query);
    answer = new byte[0];

    assertThat(stapling.ask(query)).isLessThan(Duration.ofMinutes(8));
  }

  @Test
  void onceItIsRevokedNothingIsShownWhateverWasSaidBefore() throws Exception {
    say(GOOD, A_DAY);
    byte[] good = answer;
    stapling.ask(query);
    awaitNextSecond(); // In which such an answer tells its time.
    say(REVOKED, A_DAY);

    stapling.ask(query);

    assertThat(shown(Instant.now())).isFalse();
    assertThat(stapling.isRevoked()).isTrue();
    answer = good;
    stapling.ask(query);
    assertThat(shown(Instant.now())).isFalse();
    assertThat(stapling.isRevoked()).isTrue();
    assertThat(stapling.count(StatusResult.GOOD)).isOne();
    assertThat(stapling.count(StatusResult.REVOKED)).isOne();
    assertThat(stapling.count(StatusResult.NONE)).isOne();
  }

  @Test
  void nothingIsShownWithAnotherCertificate() throws Exception {
    say(GOOD, A_DAY);
    stapling.ask(query);

    assertThat(certificates.staple(authority.certificate("ca"), Instant.now())).isEmpty();
  }

  private void say(String index, String options) throws IOException {
    answer = authority.answer(query.request(), index, "ca", options);
  }

  private boolean shown(Instant when) {
    return certificates.staple(leaf, when).isPresent();
  }

  private static void awaitNextSecond() {
    long second = Instant.now().getEpochSecond();
    while (Instant.now().getEpochSecond() == second) {
      Thread.onSpinWait();
    }
  }
}
