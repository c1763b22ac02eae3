package dev.midge.peers;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// What a client has received, in the order in which it came. Any thread.
final class Inbox {
  /// How long to wait for what must come.
  static final int PATIENCE_SECONDS = 20;

  private final BlockingQueue<Post> posts = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();

  /// Takes in a message.
  void add(Post post) {
    posts.add(post);
  }

  /// Takes note that the connection is gone.
  ///
  /// @param reason what the server said in DISCONNECT; 0 when it said nothing
  void closed(int reason) {
    closed.complete(reason);
  }

  /// Waits for the next message.
  Post next() throws InterruptedException {
    @Nullable Post post = posts.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (post == null) {
      throw new AssertionError("no message came");
    }
    return post;
  }

  /// Waits for the end of the connection, and says what the server said.
  int closedBy() throws InterruptedException, ExecutionException, TimeoutException {
    return closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
