package dev.midge.web;

import dev.midge.listener.Endpoint;
import dev.midge.listener.Endpoint.Auth;
import dev.midge.listener.Transport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A listener as a visitor sees it.
///
/// @param name its name
/// @param summary what it is for
/// @param explanation what is wrong with it on purpose, or an empty string
/// @param port the port
/// @param url where it is
/// @param carrier what carries the bytes, in words
/// @param who what a client must show, in words
/// @param life how long its certificate lives, in words, or an empty string if it has none
/// @param isValid whether that life is not over, and has begun
/// @param isBad whether something is wrong with it on purpose
/// @param verdict what a client does that trusts our authority, asks for a name of this host and
///   checks all there is to check: the certificate is `accepted` or `refused`
/// @param preparation what to fetch first, as lines for a shell; or an empty string
/// @param snippets what to copy, for each tool
record ListenerView(
    String name,
    String summary,
    String explanation,
    int port,
    String url,
    String carrier,
    String who,
    String life,
    boolean isValid,
    boolean isBad,
    String verdict,
    String preparation,
    List<Snippet> snippets) {

  /// Whether such a client goes on.
  boolean isAccepted() {
    return verdict.equals("accepted");
  }

  /// @param login what may be said where a password is wanted
  /// @param life how long its certificate lives, or null if it has none, or none yet
  static ListenerView of(Endpoint endpoint, Host host, Login login, @Nullable LifeLeft life) {
    boolean isTls = endpoint.tls() != null;
    return new ListenerView(
        endpoint.name(),
        endpoint.summary(),
        endpoint.explanation(),
        endpoint.port(),
        endpoint.url(host.name()),
        carrier(endpoint.transport(), isTls),
        who(endpoint.auth()),
        life == null ? "" : life.text(),
        life == null || life.isValid(),
        !endpoint.explanation().isEmpty(),
        endpoint.expect().verdict().toString(),
        Snippets.preparation(endpoint, host),
        Snippets.of(endpoint, host, login));
  }

  private static String carrier(Transport transport, boolean isTls) {
    String plain =
        switch (transport) {
          case TCP -> "TCP";
          case WEBSOCKET -> "WebSocket";
          case HTTP, OPERATOR -> "HTTP";
          case EVERYTHING -> "all of them";
        };
    return isTls ? plain + ", TLS" : plain;
  }

  private static String who(Auth auth) {
    return switch (auth) {
      case ANONYMOUS -> "anyone";
      case PASSWORD -> "password";
      case JWT -> "token";
      case SCRAM -> "SCRAM";
      case CERTIFICATE -> "certificate";
      case TOKEN -> "the operator";
    };
  }
}
