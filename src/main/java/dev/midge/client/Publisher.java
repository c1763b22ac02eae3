package dev.midge.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Publishes one message, once or several times, or each line of the input as a message. Waits for
/// all acknowledgements. Works on a thread of its own, which may block.
final class Publisher implements Conversation.Job {

  /// How many messages may be on their way, with the library or the server.
  private static final int PENDING_MAX = 1000;

  private final Message message;
  private final int repeat;
  private final long repeatDelayMillis;
  private final @Nullable InputStream lines;
  private int published;

  private Publisher(
      Message message, int repeat, long repeatDelayMillis, @Nullable InputStream lines) {
    this.message = message;
    this.repeat = repeat;
    this.repeatDelayMillis = repeatDelayMillis;
    this.lines = lines;
  }

  /// Publishes `message` that many times, each when the one before is acknowledged.
  static Publisher repeating(Message message, int repeat, long repeatDelayMillis) {
    return new Publisher(message, repeat, repeatDelayMillis, null);
  }

  /// Publishes each line of `lines`, otherwise like `message`.
  static Publisher ofLines(Message message, InputStream lines) {
    return new Publisher(message, 1, 0, lines);
  }

  @Override
  public void prepare(Conversation conversation) {}

  @Override
  public void start(Conversation conversation) {
    Thread.ofPlatform().daemon().name("publisher").start(() -> work(conversation));
  }

  private void work(Conversation conversation) {
    try {
      if (lines == null) {
        publishRepeatedly(conversation);
      } else {
        publishLines(conversation, new BufferedInputStream(lines));
      }
      conversation.endWith(0);
    } catch (IOException | RuntimeException e) {
      conversation.failWith(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void publishRepeatedly(Conversation conversation) throws InterruptedException {
    for (int i = 0; i < repeat; i++) {
      if (i > 0 && conversation.isOverWithin(repeatDelayMillis)) {
        return;
      }
      int number = ++published;
      warn(conversation, number, conversation.link().publish(message).join());
    }
  }

  private void publishLines(Conversation conversation, InputStream in)
      throws IOException, InterruptedException {
    Semaphore pending = new Semaphore(PENDING_MAX);
    for (byte[] line = readLine(in); line != null; line = readLine(in)) {
      int number = ++published;
      pending.acquire();
      var next =
          new Message(
              message.topic(), line, message.qos(), message.isRetained(), message.properties());
      var _ =
          conversation
              .link()
              .publish(next)
              .whenComplete((reason, failure) -> {
                if (failure == null) {
                  warn(conversation, number, reason);
                } else {
                  conversation.failWith(failure);
                }
                pending.release();
              });
    }
    pending.acquire(PENDING_MAX);
  }

  private static void warn(Conversation conversation, int number, Reason reason) {
    if (reason.isError()) {
      conversation.error("Warning: Publish " + number + " failed: " + reason.describe() + ".");
    }
  }

  /// The bytes up to the next line end, or null at the end of the input.
  private static byte @Nullable [] readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    if (next < 0) {
      return null;
    }
    while (next >= 0 && next != '\n') {
      line.write(next);
      next = in.read();
    }
    return line.toByteArray();
  }
}
