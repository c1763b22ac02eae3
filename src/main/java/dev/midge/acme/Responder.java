package dev.midge.acme;

import dev.midge.certs.StatusAnswer;
import dev.midge.certs.StatusQuery;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The server of an authority that says whether it has revoked a certificate. It may be slow, talk
/// without end or be somebody else: what it says is believed for its signature only.
public final class Responder {
  private static final int ANSWER_BYTES_MAX = 16 << 10;
  private static final int OK = 200;

  private Responder() {}

  /// Asks. Blocks until there is an answer.
  ///
  /// @param patience how long it may take
  /// @throws IOException if there is none, or none that can be believed
  public static StatusAnswer ask(StatusQuery query, Duration patience) throws IOException {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience)
            .build();
    try {
      HttpRequest request =
          HttpRequest.newBuilder(query.responder())
              .header("Content-Type", "application/ocsp-request")
              .POST(BodyPublishers.ofByteArray(query.request()))
              .build();
      HttpResponse<byte[]> answer =
          client
              .sendAsync(
                  request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX))
              .get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (answer.statusCode() != OK) {
        throw new IOException("it answers with status " + answer.statusCode());
      }
      return query.read(answer.body(), Instant.now());
    } catch (TimeoutException e) {
      throw new IOException("no answer in time", e);
    } catch (ExecutionException e) {
      throw new IOException(AcmeFailure.words(e), e);
    } catch (CertificateException e) {
      throw new IOException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server ends", e);
    } finally {
      client.shutdownNow();
    }
  }
}
