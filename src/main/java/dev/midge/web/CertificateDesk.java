package dev.midge.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import dev.midge.certs.CertificateFailure;
import dev.midge.certs.ClientCertificates;
import dev.midge.certs.InvalidRequest;
import dev.midge.certs.SigningRequest;
import dev.midge.certs.Variant;
import dev.midge.limit.Rates;
import dev.midge.limit.Source;
import dev.midge.listener.HttpSpec;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/// Where clients get certificates, and give them back. Any thread; few at a time are served, and
/// each address a few times an hour.
final class CertificateDesk {
  private static final Logger LOG = Logger.getLogger("dev.midge.web");
  private static final Set<String> FIELDS = Set.of("csr", "days", "minutes", "variant");
  private static final Map<String, Variant> VARIANTS =
      Stream.of(Variant.values()).collect(toMap(Variant::toString, variant -> variant));
  private static final int AT_A_TIME = 2;
  private static final int PATIENCE_SECONDS = 5;
  private static final Duration HOUR = Duration.ofHours(1);

  /// All sources together.
  private static final Source EVERYBODY = new Source(0, 0, false);

  private final Supplier<ClientCertificates> clients;
  private final Pages pages;
  private final boolean limitsLocal;
  private final Rates perAddress;
  private final Rates overall;
  private final Semaphore places = new Semaphore(AT_A_TIME, true);

  CertificateDesk(Supplier<ClientCertificates> clients, HttpSpec limits, Pages pages) {
    this.clients = clients;
    this.pages = pages;
    this.limitsLocal = limits.limitsLocal();
    this.perAddress = new Rates(limits.certificatesPerAddress(), HOUR);
    this.overall = new Rates(limits.certificatesPerHour(), HOUR);
  }

  /// Something that is done at the desk.
  private interface Task {
    Answer run() throws InvalidRequest;
  }

  /// Signs the request in the body: as it is, or as the field `csr` of a form.
  Answer sign(Request request) {
    return attempt(
        request,
        () -> {
          if (isMultipart(request)) {
            return pages.error(
                request,
                415,
                "Send the request as it is (curl --data-binary @client.csr), or as the field csr of a"
                    + " form (curl --data-urlencode csr@client.csr).");
          }
          Fields fields = fields(request);
          String pem = fields.value("csr");
          if (pem.length() > SigningRequest.LENGTH_MAX) {
            return pages.error(request, 413, "A request of more than 16 KiB is not read.");
          }
          Duration life = life(fields);
          Variant variant = variant(fields);
          SigningRequest read = SigningRequest.read(pem);
          Duration wait = wait(request);
          if (wait.isPositive()) {
            return busy(request, wait);
          }
          String chain = clients.get().sign(read, life, variant);
          return Answers.with(
              Answers.with(Answers.of(200, Answers.PEM, chain), "cache-control", "no-store"),
              "content-disposition",
              "attachment; filename=\"client.crt\"");
        });
  }

  /// Revokes the certificate in the body. Who has it may do that.
  Answer revoke(Request request) {
    return attempt(
        request,
        () -> {
          if (request.body().length > SigningRequest.LENGTH_MAX) {
            return pages.error(request, 413, "A certificate of more than 16 KiB is not read.");
          }
          clients.get().revoke(certificate(request.body()));
          return Answers.with(
              Answers.of(200, Answers.TEXT, "Revoked. No listener takes it from now on.\n"),
              "cache-control",
              "no-store");
        });
  }

  private Answer attempt(Request request, Task task) {
    try {
      if (!places.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return busy(request, Duration.ofSeconds(PATIENCE_SECONDS));
      }
      try {
        return task.run();
      } finally {
        places.release();
      }
    } catch (InvalidRequest e) {
      return pages.error(request, 400, String.valueOf(e.getMessage()));
    } catch (CertificateFailure e) {
      LOG.errorf(e, "a certificate for a client");
      return pages.error(request, 503, "No certificate is to be had at the moment.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return pages.error(request, 503, "The server stops.");
    }
  }

  /// How long to wait before a certificate may be signed for who asks.
  private Duration wait(Request request) {
    Source source = Source.of(request.client());
    if (source.isLocal() && !limitsLocal) {
      return Duration.ZERO;
    }
    Duration wait = perAddress.take(source);
    return wait.isPositive() ? wait : overall.take(EVERYBODY);
  }

  private Answer busy(Request request, Duration wait) {
    return Answers.with(
        pages.error(
            request,
            429,
            "Enough certificates were signed for you, or for everybody: come again in "
                + (wait.toMinutes() + 1)
                + " minutes."),
        "retry-after",
        Long.toString(wait.toSeconds() + 1));
  }

  /// A body that is a request is one, whatever curl says of its type.
  private static Fields fields(Request request) throws InvalidRequest {
    String body = new String(request.body(), ISO_8859_1);
    Fields inAddress = Fields.read(request.query(), FIELDS);
    boolean isForm = body.startsWith("csr=") || body.contains("&csr=");
    Fields inBody =
        isForm
            ? Fields.read(new String(request.body(), UTF_8), FIELDS)
            : new Fields(Map.of("csr", body));
    return inAddress.and(inBody);
  }

  private static boolean isMultipart(Request request) {
    String type = request.header("content-type");
    return type != null && type.toLowerCase(Locale.ROOT).startsWith("multipart/");
  }

  private static Duration life(Fields fields) throws InvalidRequest {
    boolean hasDays = !fields.value("days").isBlank();
    boolean hasMinutes = !fields.value("minutes").isBlank();
    if (hasDays && hasMinutes) {
      throw new InvalidRequest("Say days or minutes, not both.");
    }
    if (hasMinutes) {
      return Duration.ofMinutes(fields.whole("minutes"));
    }
    return Duration.ofDays(hasDays ? fields.whole("days") : ClientCertificates.DAYS_MAX);
  }

  private static Variant variant(Fields fields) throws InvalidRequest {
    String word = fields.value("variant");
    Variant variant = word.isEmpty() ? Variant.GOOD : VARIANTS.get(word);
    if (variant == null) {
      throw new InvalidRequest(
          "The variants are: "
              + Stream.of(Variant.values()).map(Variant::toString).collect(joining(", "))
              + ".");
    }
    return variant;
  }

  private static X509Certificate certificate(byte[] bytes) throws InvalidRequest {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(bytes));
    } catch (CertificateException | RuntimeException e) {
      throw new InvalidRequest(
          "This is no certificate: send the file that was signed (curl -X DELETE --data-binary"
              + " @client.crt).");
    }
  }
}
