package dev.midge.acme;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Waiting that ends when the server does: for time to pass, and for an authority to answer.
final class Patience {
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable AcmeConnector current;

  /// Lets time pass.
  ///
  /// @throws InterruptedException if the server ends, now or before
  void pause(Duration time) throws InterruptedException {
    if (ended.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new InterruptedException("the server ends");
    }
  }

  /// Cuts off a conversation when the server ends. There is one at a time.
  void cutOff(AcmeConnector conversation) {
    current = conversation;
    if (hasEnded()) {
      conversation.close();
    }
  }

  /// Whether the server ends.
  boolean hasEnded() {
    return ended.getCount() == 0;
  }

  void end() {
    ended.countDown();
    AcmeConnector conversation = current;
    if (conversation != null) {
      conversation.close();
    }
  }
}
