package dev.midge.acme;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.certs.Credential;
import dev.midge.certs.HostNames;
import dev.midge.certs.KeyKind;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Orders and renewals, of a real ACME server.
class PublicCertificateTest {
  private static final int LIFE_SECONDS = 90 * 24 * 3600;
  private static final List<String> DOMAINS = List.of("mqtt.example.org", "127.0.0.1");

  /// Pebble lists what is to be proved in any order, so that a test that holds up a proof has one.
  private static final List<String> ONE = List.of("mqtt.example.org");

  @TempDir private static Path pebbleFolder;
  private static final ChallengePort PORT = new ChallengePort();
  private static Pebble pebble;

  @TempDir private Path folder;
  private final News news = new News();
  private final List<PublicCertificate> opened = new ArrayList<>();

  @BeforeAll
  static void startPebble() {
    pebble = Pebble.start(pebbleFolder, PORT.port(), LIFE_SECONDS, 5);
  }

  @AfterAll
  static void stopPebble() {
    PORT.close();
    if (pebble != null) {
      pebble.close();
    }
  }

  @AfterEach
  void closeAll() {
    PORT.release();
    opened.forEach(PublicCertificate::close);
  }

  @ParameterizedTest
  @EnumSource(names = {"ECDSA_P256", "RSA_2048"})
  void theFirstOrderIsMadeAtOnce(KeyKind kind) throws Exception {
    PublicCertificate certificate = open(settings(DOMAINS), kind, folder);
    certificate.start();

    Credential credential = news.certificate();

    assertThat(HostNames.of(credential.certificate())).containsExactlyInAnyOrderElementsOf(DOMAINS);
    assertThat(credential.chain()).hasSizeGreaterThan(1);
    assertThat(kind.is(credential.certificate().getPublicKey())).isTrue();
    assertThat(certificate.current()).contains(credential);
    AcmeStatus status = certificate.status();
    assertThat(status.notAfter()).isEqualTo(credential.certificate().getNotAfter().toInstant());
    assertThat(status.failures()).isZero();
  }

  @Test
  void whatIsKeptIsForItsOwnerOnlyAndALaterStartOrdersNothing() throws Exception {
    Credential credential = obtain(open());
    long orders = pebble.orders();
    try (Stream<Path> files = Files.walk(folder).filter(Files::isRegularFile)) {
      for (Path file : files.toList()) {
        assertThat(file.toString()).matches(".*(account|certificate)\\.pem|.*state\\.properties");
        if (Files.readString(file).contains("PRIVATE KEY")) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
              .isEqualTo("rw-------");
        }
      }
    }

    PublicCertificate later = open();

    assertThat(later.current()).contains(credential);
    later.renew(Instant.now());
    assertThat(news.isEmpty()).isTrue();
    assertThat(pebble.orders()).isEqualTo(orders);
  }

  @Test
  void itIsRenewedWhenAThirdOfItsLifeIsLeft() throws Exception {
    PublicCertificate certificate = open();
    BigInteger serial = obtain(certificate).certificate().getSerialNumber();
    String account = read("account.pem");
    Instant end = end(certificate);

    certificate.renew(end.minus(Duration.ofDays(34)));
    assertThat(news.isEmpty()).isTrue();

    certificate.renew(end.minus(Duration.ofDays(30)));
    assertThat(news.certificate().certificate().getSerialNumber()).isNotEqualTo(serial);
    assertThat(read("account.pem")).isEqualTo(account);
  }

  @Test
  void otherNamesAreOrderedAtOnceAndTheOldCertificateStaysUntilThen() throws Exception {
    Credential old = obtain(open());
    PublicCertificate certificate = open(settings(List.of("new.example.org")));

    assertThat(certificate.current()).contains(old);
    certificate.renew(Instant.now().plus(Duration.ofHours(2)));

    assertThat(HostNames.of(news.certificate().certificate())).containsExactly("new.example.org");
  }

  @Test
  void aNameThatTheAuthorityWillNotHaveIsToldInItsWords() throws Exception {
    PublicCertificate certificate = open(settings(List.of("blocked.example.org")));

    Instant before = Instant.now();
    certificate.renew(before);

    News.Failure failure = news.failure();
    assertThat(failure.reason()).contains("blocked.example.org").hasLineCount(1);
    assertThat(failure.again()).isAfter(before.plus(Duration.ofMinutes(5)));
    assertThat(certificate.status().lastFailure()).isEqualTo(failure.reason());
    assertThat(certificate.status().failures()).isEqualTo(1);
  }

  @Test
  void aNameThatIsNotOursIsToldAndTheOldCertificateStays() throws Exception {
    PublicCertificate certificate = open();
    Credential old = obtain(certificate);
    PORT.answer(_ -> Optional.empty());

    certificate.renew(end(certificate));

    assertThat(news.failure().reason()).contains("404");
    assertThat(certificate.current()).contains(old);
    PORT.answer(certificate.challenges());
    certificate.renew(certificate.status().next());
    assertThat(news.certificate()).isNotEqualTo(old);
    assertThat(certificate.status().failures()).isZero();
    assertThat(certificate.status().lastFailure()).isEmpty();
  }

  @Test
  void aDirectoryThatIsDownLeavesTheOldCertificateAndTheBackOffOutlivesTheProcess()
      throws Exception {
    AcmeSettings down =
        new AcmeSettings(URI.create("https://localhost:1/dir"), "", DOMAINS, pebble.caFile());
    PublicCertificate first = open(down);
    first.renew(Instant.now());
    Instant again = news.failure().again();

    PublicCertificate second = open(down);
    second.renew(again.minusMillis(1));
    assertThat(news.isEmpty()).isTrue();
    assertThat(second.status().next()).isEqualTo(again);
    assertThat(second.status().failures()).isEqualTo(1);

    Instant before = Instant.now();
    second.renew(again);
    assertThat(news.failure().again()).isAfter(before.plus(Duration.ofMinutes(10)));
    assertThat(open(down).status().failures()).isEqualTo(2);
  }

  @Test
  void anOrderThatAStopInterruptedGoesOn() throws Exception {
    PublicCertificate first = open(settings(ONE));
    PORT.hold();
    long orders = pebble.orders();
    first.start();
    String token = awaitQuestion(first);
    first.close();
    assertThat(news.isEmpty()).isTrue();

    PublicCertificate second = open(settings(ONE));
    second.start();
    releaseWhenAnswered(second, token);

    assertThat(news.certificate()).isNotNull();
    assertThat(pebble.orders()).isEqualTo(orders + 1);
  }

  /// What a killed process leaves is what is in the folder at that moment.
  @Test
  void anOrderThatADeathInterruptedGoesOnAfterThePauseOfAFailure(@TempDir Path left)
      throws Exception {
    PublicCertificate first = open(settings(ONE));
    PORT.hold();
    long orders = pebble.orders();
    first.start();
    String token = awaitQuestion(first);
    copy(folder, left);
    first.close();

    PublicCertificate second = open(settings(ONE), KeyKind.ECDSA_P256, left);
    second.renew(Instant.now());
    assertThat(news.isEmpty()).isTrue();
    assertThat(second.status().failures()).isEqualTo(1);
    Thread.startVirtualThread(() -> second.renew(second.status().next()));
    releaseWhenAnswered(second, token);

    assertThat(news.certificate()).isNotNull();
    assertThat(pebble.orders()).isEqualTo(orders + 1);
  }

  @Test
  void anOrderThatTheAuthorityHasForgottenIsReplaced() throws Exception {
    PublicCertificate first = open();
    PORT.hold();
    first.start();
    String _ = awaitQuestion(first);
    first.close();
    PORT.release();
    Path state = file("state.properties");
    Files.writeString(
        state, Files.readString(state).replaceAll("(?m)^(order=.*)$", "$1-forgotten"));

    open().renew(Instant.now());

    assertThat(news.certificate()).isNotNull();
  }

  @Test
  void requestsThatAreRefusedForTheirNonceAreMadeAgain(@TempDir Path other) throws Exception {
    try (Pebble picky = Pebble.start(other, PORT.port(), LIFE_SECONDS, 30)) {
      PublicCertificate certificate =
          open(new AcmeSettings(picky.directory(), "", DOMAINS, picky.caFile()));
      certificate.renew(Instant.now());

      assertThat(news.certificate()).isNotNull();
    }
  }

  @Test
  void aCertificateOfAShortLifeIsRenewedAgainAndAgain(@TempDir Path other) throws Exception {
    try (Pebble hasty = Pebble.start(other, PORT.port(), 15, 5)) {
      PublicCertificate certificate =
          open(new AcmeSettings(hasty.directory(), "", DOMAINS, hasty.caFile()));
      certificate.start();

      BigInteger first = news.certificate().certificate().getSerialNumber();
      BigInteger second = news.certificate().certificate().getSerialNumber();
      assertThat(second).isNotEqualTo(first);
    }
  }

  private static Instant end(PublicCertificate certificate) {
    return certificate.current().orElseThrow().certificate().getNotAfter().toInstant();
  }

  /// Waits until the authority asks for something of this one's order.
  private static String awaitQuestion(PublicCertificate certificate) throws InterruptedException {
    while (true) {
      String token = PORT.asked().poll(60, TimeUnit.SECONDS);
      assertThat(token).isNotNull();
      if (token != null && certificate.challenges().answer(token).isPresent()) {
        return token;
      }
    }
  }

  /// Lets the authority have its answer when there is one.
  private static void releaseWhenAnswered(PublicCertificate certificate, String token) {
    Instant deadline = Instant.now().plusSeconds(60);
    while (certificate.challenges().answer(token).isEmpty()) {
      assertThat(Instant.now()).as("%s", certificate.status()).isBefore(deadline);
      Thread.onSpinWait();
    }
    PORT.release();
  }

  private Credential obtain(PublicCertificate certificate) throws InterruptedException {
    certificate.renew(Instant.now());
    return news.certificate();
  }

  private PublicCertificate open() throws IOException {
    return open(settings(DOMAINS));
  }

  private PublicCertificate open(AcmeSettings settings) throws IOException {
    return open(settings, KeyKind.ECDSA_P256, folder);
  }

  private PublicCertificate open(AcmeSettings settings, KeyKind kind, Path where)
      throws IOException {
    PublicCertificate certificate =
        new PublicCertificate(settings, where, kind, news, InstantSource.system(), new Random(1));
    opened.add(certificate);
    PORT.answer(certificate.challenges());
    return certificate;
  }

  private static AcmeSettings settings(List<String> domains) {
    return new AcmeSettings(pebble.directory(), "who@example.org", domains, pebble.caFile());
  }

  private String read(String name) throws IOException {
    return Files.readString(file(name), UTF_8);
  }

  private Path file(String name) {
    return folder.resolve(settings(DOMAINS).folderName()).resolve(name);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }
}
