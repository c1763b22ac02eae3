package dev.midge.acme;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.Connection;
import org.shredzone.acme4j.connector.DefaultConnection;
import org.shredzone.acme4j.connector.HttpConnector;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.provider.AbstractAcmeProvider;
import org.shredzone.acme4j.toolbox.JSON;

/// How one attempt talks to a directory: over HTTPS, with the trust that is asked for, and asking
/// for the directory itself once. Remembers until when it is to leave the authority alone.
final class AcmeConnector extends AbstractAcmeProvider implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int FIRST_ERROR = 400;

  private final URL directory;
  private final HttpClient client;
  private Instant retryAfter = Instant.EPOCH;

  /// @param patience who cuts it off when the server ends
  /// @throws IOException if the file of those who may be trusted cannot be read
  AcmeConnector(AcmeSettings settings, Patience patience) throws IOException {
    this.directory = url(settings.directory());
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .executor(Executors.newVirtualThreadPerTaskExecutor());
    if (settings.trusted() != null) {
      builder.sslContext(trusting(settings.trusted()));
    }
    this.client = builder.build();
    patience.cutOff(this);
  }

  /// Begins to talk.
  Session session() {
    Session session = new Session(URI.create(directory.toString()), this);
    session.networkSettings().setTimeout(TIMEOUT);
    session.setLocale(null);
    return session;
  }

  /// The moment before which it asked to be left alone, in an answer that was an error; the epoch
  /// if it did not.
  Instant retryAfter() {
    return retryAfter;
  }

  @Override
  public boolean accepts(URI server) {
    return true;
  }

  @Override
  public URL resolve(URI server) {
    return directory;
  }

  @Override
  public HttpClient createHttpClient(NetworkSettings settings) {
    return client;
  }

  @Override
  public @Nullable JSON directory(Session session, URI server) throws AcmeException {
    return session.hasDirectory() ? null : super.directory(session, server);
  }

  @Override
  public Connection connect(URI server, NetworkSettings settings, HttpClient http) {
    return new Listening(new HttpConnector(settings, http));
  }

  /// Ends what is being said.
  @Override
  public void close() {
    client.shutdownNow();
  }

  /// Hears when to come back, whatever the error is: the library only tells it for one.
  private final class Listening extends DefaultConnection {
    Listening(HttpConnector connector) {
      super(connector);
    }

    @Override
    protected void sendRequest(Session session, URL url, Consumer<HttpRequest.Builder> body)
        throws IOException {
      super.sendRequest(session, url, body);
      HttpResponse<InputStream> response = lastResponse;
      if (response != null && response.statusCode() >= FIRST_ERROR) {
        getRetryAfter()
            .filter(when -> when.isAfter(retryAfter))
            .ifPresent(when -> retryAfter = when);
      }
    }
  }

  private static URL url(URI uri) {
    try {
      return uri.toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static SSLContext trusting(Path file) throws IOException {
    try (InputStream bytes = Files.newInputStream(file)) {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      int count = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(bytes)) {
        trusted.setCertificateEntry("authority-" + count++, each);
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IOException("--acme-ca: " + file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
