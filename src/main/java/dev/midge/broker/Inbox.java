package dev.midge.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// What other loops handed over to one loop and it has not delivered yet, and the publishers that
/// are not read until it has. Any thread.
final class Inbox {
  private final BrokerLoop loop;

  /// Added to by the loops that hand batches over, taken from by this one.
  private final AtomicLong bytes = new AtomicLong();

  /// This loop only.
  private final List<Runnable> waiting = new ArrayList<>();

  Inbox(BrokerLoop loop) {
    this.loop = loop;
  }

  /// Takes messages for clients of this loop.
  void take(Batch batch) {
    bytes.addAndGet(batch.bytes());
    loop.execute(() -> {
      long before = loop.promises();
      batch.deliver(loop);
      Consumer<Receipt> kept = batch.kept();
      Receipt awaited = loop.receiptSince(before);
      if (kept != null && awaited != null) {
        awaited.whenComplete(() -> kept.accept(awaited));
      } else if (kept != null) {
        kept.accept(new Receipt());
      }
      if (bytes.addAndGet(-batch.bytes()) == 0) {
        waiting.forEach(Runnable::run);
        waiting.clear();
      }
    });
  }

  /// The memory of messages that were handed over and not yet delivered, in bytes.
  long bytes() {
    return bytes.get();
  }

  /// Lets a publisher of another loop be read again when all that was handed over is delivered.
  void whenCaughtUp(BrokerLoop other, Connection publisher) {
    loop.execute(() -> {
      Runnable resume = () -> other.execute(publisher::caughtUp);
      if (bytes.get() == 0) {
        resume.run();
      } else {
        waiting.add(resume);
      }
    });
  }
}
