package dev.midge.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.acme.StubDirectory.Answer;
import dev.midge.certs.KeyKind;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An authority that says when it wants to be asked: later, after errors; at times of its choice,
/// for renewals.
class WilfulAuthorityTest {
  private static final ChallengePort PORT = new ChallengePort();
  @TempDir private static Path pebbleFolder;
  private static Pebble pebble;

  @TempDir private Path folder;
  private StubDirectory stub;
  private PublicCertificate certificate;
  private final News news = new News();

  @BeforeAll
  static void startPebble() {
    pebble = Pebble.start(pebbleFolder, PORT.port(), 90 * 24 * 3600, 5);
  }

  @AfterAll
  static void stopPebble() {
    PORT.close();
    if (pebble != null) {
      pebble.close();
    }
  }

  @BeforeEach
  void open() throws Exception {
    stub = new StubDirectory(pebble);
    certificate =
        new PublicCertificate(
            new AcmeSettings(stub.directory(), "", List.of("mqtt.example.org"), pebble.caFile()),
            folder,
            KeyKind.ECDSA_P256,
            news,
            InstantSource.system(),
            new Random(1));
    PORT.answer(certificate.challenges());
  }

  @AfterEach
  void close() {
    certificate.close();
    stub.close();
  }

  @Test
  void aRateLimitIsHeededForAsLongAsItLasts() throws Exception {
    stub.replace(
        "newOrder",
        new Answer(
            429,
            "application/problem+json",
            "{\"type\":\"urn:ietf:params:acme:error:rateLimited\",\"detail\":\"too many orders\"}",
            7200));
    Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    certificate.renew(before);

    News.Failure failure = news.failure();
    assertThat(failure.reason()).isEqualTo("too many orders");
    assertThat(failure.again()).isAfterOrEqualTo(before.plusSeconds(7200));
    certificate.renew(failure.again().minusSeconds(1));
    assertThat(news.isEmpty()).isTrue();
  }

  @Test
  void anAuthorityThatIsBusyIsLeftAlone() throws Exception {
    stub.fails(new Answer(503, "text/plain", "busy", 3600));
    Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    certificate.renew(before);

    assertThat(news.failure().again()).isAfterOrEqualTo(before.plusSeconds(3600));
  }

  @Test
  void noAuthorityCanSilenceTheServerForEver() throws Exception {
    stub.fails(new Answer(503, "text/plain", "gone fishing", Integer.MAX_VALUE));

    certificate.renew(Instant.now());

    assertThat(news.failure().again()).isBefore(Instant.now().plus(Duration.ofDays(8)));
  }

  @Test
  void aRenewalInTheMiddleOfItsLifeIsMadeWhenTheAuthorityWishesSo() throws Exception {
    Instant now = Instant.now();
    stub.wishes(now.plus(Duration.ofDays(10)), now.plus(Duration.ofDays(11)));
    certificate.renew(now);
    BigInteger serial = news.certificate().certificate().getSerialNumber();

    certificate.renew(now.plus(Duration.ofDays(10)));
    assertThat(news.isEmpty()).isTrue();
    assertThat(certificate.status().next())
        .isBetween(now.plus(Duration.ofDays(10)), now.plus(Duration.ofDays(11)));

    // It changes its mind, because it has to revoke: it is asked again before long.
    stub.wishes(now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1)));
    certificate.renew(now.plus(Duration.ofDays(10)).plus(Duration.ofHours(1)));
    assertThat(news.certificate().certificate().getSerialNumber()).isNotEqualTo(serial);
  }

  @Test
  void anAuthorityThatWishesForAnotherCertificateWithoutEndIsNotAskedWithoutEnd() throws Exception {
    Instant now = Instant.now();
    stub.wishes(now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1)));
    certificate.renew(now);
    assertThat(news.certificate()).isNotNull();

    certificate.renew(now.plus(Duration.ofMinutes(59)));

    assertThat(news.isEmpty()).isTrue();
  }

  @Test
  void withoutAWishThatCanBeReadTheRuleIsKept() throws Exception {
    stub.replace("renewalInfo", new Answer(200, "application/json", "{}", -1));
    certificate.renew(Instant.now());
    Instant end = news.certificate().certificate().getNotAfter().toInstant();

    certificate.renew(Instant.now().plus(Duration.ofHours(2)));
    assertThat(news.isEmpty()).isTrue();
    assertThat(certificate.status().next())
        .isBetween(end.minus(Duration.ofDays(34)), end.minus(Duration.ofDays(30)));
  }
}
