package dev.midge.web;

import dev.midge.listener.Endpoint;
import dev.midge.listener.Endpoint.Auth;
import java.nio.file.Path;

/// A listener as a visitor sees it.
///
/// @param name its name
/// @param summary what it is for
/// @param explanation what is wrong with it on purpose, or an empty string
/// @param port the port
/// @param url where it is
/// @param who what a client must show, in words
/// @param isBad whether something is wrong with it on purpose
/// @param verdict what a client does that trusts our authority, asks for a name of this host and
///   checks all there is to check: the certificate is `accepted` or `refused`
/// @param command a line to paste
record ListenerView(
    String name,
    String summary,
    String explanation,
    int port,
    String url,
    String who,
    boolean isBad,
    String verdict,
    String command) {

  static ListenerView of(Endpoint endpoint, Host host) {
    Endpoint.Tls tls = endpoint.tls();
    Path caFile = tls == null ? null : tls.caFile();
    return new ListenerView(
        endpoint.name(),
        endpoint.summary(),
        endpoint.explanation(),
        endpoint.port(),
        endpoint.url(host.name()),
        who(endpoint.auth()),
        !endpoint.explanation().isEmpty(),
        endpoint.expect().verdict().toString(),
        endpoint.command(host.name(), caFile == null ? "" : String.valueOf(caFile.getFileName())));
  }

  private static String who(Auth auth) {
    return switch (auth) {
      case ANONYMOUS -> "anyone";
      case PASSWORD -> "user name and password";
      case TOKEN -> "the operator";
      case CERTIFICATE -> "a certificate of ours";
    };
  }
}
