package dev.midge.client;

import com.hivemq.client.mqtt.exceptions.MqttDecodeException;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// What went wrong with a connection, in one line for the user.
final class Failures {

  private static final int PASSES_MAX = 10;

  private Failures() {}

  /// Takes off what futures wrap around an exception.
  static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /// Words for a failure.
  static String describe(Throwable failure) {
    Throwable unwrapped = unwrap(failure);
    if (unwrapped instanceof Refusal refusal) {
      return String.valueOf(refusal.getMessage());
    }
    Throwable root = root(unwrapped);
    String message = message(root);
    if (root instanceof UnknownHostException) {
      return "Error: There is no host " + message.replaceAll(":.*", "") + ".";
    }
    if (isCausedBy(unwrapped, SSLException.class)) {
      return "Error: TLS: " + sentence(tls(message));
    }
    if (root instanceof MqttDecodeException) {
      return "Error: What the server says is no MQTT: " + message + ".";
    }
    if (root instanceof ConnectException || message.startsWith("connection timed out")) {
      String withoutSystemCall =
          message.replaceFirst("^\\w+\\(\\.\\.\\) failed(?: with error\\([^)]*\\))?: ", "");
      return "Error: " + sentence(withoutSystemCall);
    }
    if (root instanceof EOFException
        || root instanceof ClosedChannelException
        || message.contains("without DISCONNECT")) {
      return "Error: The connection was lost: the server closed it.";
    }
    return "Error: " + sentence(message);
  }

  private static String tls(String message) {
    if (message.contains("unable to find valid certification path")) {
      return "the server's certificate is not signed by an authority that is trusted here; name"
          + " its CA with --cafile";
    }
    if (message.contains("not an SSL/TLS record")) {
      return "the server does not speak TLS at this port";
    }
    return message;
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    for (int pass = 0; pass < PASSES_MAX; pass++) {
      Throwable cause = root.getCause();
      if (cause == null || root instanceof ConnectException) {
        return root;
      }
      root = cause;
    }
    return root;
  }

  private static boolean isCausedBy(Throwable failure, Class<?> type) {
    @Nullable Throwable cause = failure;
    for (int pass = 0; cause != null && pass < PASSES_MAX; pass++) {
      if (type.isInstance(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? failure.getClass().getSimpleName()
        : message.lines().findFirst().orElse(message).strip();
  }

  private static String sentence(String text) {
    String upper = Character.toUpperCase(text.charAt(0)) + text.substring(1);
    return upper.endsWith(".") ? upper : upper + ".";
  }
}
