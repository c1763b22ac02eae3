package dev.midge.listener;

import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;

/// The keys by which clients take up earlier sessions of TLS: what they keep of a session is
/// encrypted by the newest, and read by those before it, too. The older a key is, the more was said
/// under it that whoever gets hold of it could read. Any thread.
final class TicketKeys {
  /// The newest among them.
  private static final int KEPT = 8;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final OpenSslSessionContext sessions;
  private final Deque<OpenSslSessionTicketKey> keys = new ArrayDeque<>();

  /// Begins with one key.
  TicketKeys(OpenSslSessionContext sessions) {
    this.sessions = sessions;
    rotate();
  }

  /// Makes another key, and forgets the oldest if there are enough.
  synchronized void rotate() {
    keys.addFirst(
        new OpenSslSessionTicketKey(
            random(OpenSslSessionTicketKey.NAME_SIZE),
            random(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
            random(OpenSslSessionTicketKey.AES_KEY_SIZE)));
    if (keys.size() > KEPT) {
      keys.removeLast();
    }
    sessions.setTicketKeys(keys.toArray(OpenSslSessionTicketKey[]::new));
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
