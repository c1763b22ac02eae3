package dev.midge.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.certs.Credential;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What came of orders, in the order of the events.
final class News implements AcmeJournal {
  private static final int PATIENCE_SECONDS = 60;

  private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

  /// That an order failed.
  record Failure(String reason, Instant again) {}

  @Override
  public void obtained(Credential credential) {
    events.add(credential);
  }

  @Override
  public void failed(String reason, Instant again) {
    events.add(new Failure(reason, again));
  }

  /// Waits for a certificate.
  Credential certificate() throws InterruptedException {
    return next(Credential.class);
  }

  /// Waits for a failure.
  Failure failure() throws InterruptedException {
    return next(Failure.class);
  }

  boolean isEmpty() {
    return events.isEmpty();
  }

  private <T> T next(Class<T> type) throws InterruptedException {
    @Nullable Object event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(event).isInstanceOf(type);
    return type.cast(event);
  }
}
