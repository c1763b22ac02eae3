package dev.midge.listener;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is served over HTTP. A port of this room: who answers need not know of sockets.
@FunctionalInterface
public interface Site {

  /// Answers a request. Called on a virtual thread of its own, so it may take its time; a
  /// connection has one request at a time.
  Answer answer(Request request);

  /// A request that is HTTP as it should be.
  ///
  /// @param method the method, in upper case: `GET`
  /// @param path the path as it was sent, with nothing decoded: it begins with a slash
  /// @param query what follows the question mark, or an empty string
  /// @param headers the headers by their names in lower case; of those that came twice, the first
  /// @param body what came with it, at most [HttpSpec#BODY_BYTES_MAX]
  /// @param client the address that it came from
  /// @param isTls whether it came over TLS
  /// @param limits how much its listener does for those who ask
  record Request(
      String method,
      String path,
      String query,
      Map<String, String> headers,
      byte[] body,
      InetAddress client,
      boolean isTls,
      HttpSpec limits) {

    /// A header, or null if it was not sent.
    public @Nullable String header(String name) {
      return headers.get(name.toLowerCase(Locale.ROOT));
    }
  }

  /// What is answered. The length of the body and whether the connection stays are no concern of
  /// its.
  ///
  /// @param status the status code
  /// @param headers all headers that say something about the body
  /// @param body what to send; for `HEAD`, what `GET` would get
  record Answer(int status, Map<String, String> headers, byte[] body) {}
}
