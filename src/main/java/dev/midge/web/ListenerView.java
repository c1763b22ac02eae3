package dev.midge.web;

import dev.midge.certs.Fault;
import dev.midge.listener.Endpoint;
import dev.midge.listener.Endpoint.Auth;
import dev.midge.listener.ListenerSpec;
import java.util.Locale;

/// A listener as a visitor sees it.
///
/// @param name its name
/// @param summary what it is for
/// @param explanation what is wrong with it on purpose, or an empty string
/// @param port the port
/// @param url where it is
/// @param transport what it speaks
/// @param isTls whether it speaks that over TLS
/// @param auth what a client must show
/// @param who the same for people
/// @param fault what is wrong with its certificate
/// @param isBad whether something is wrong with it on purpose
/// @param verdict what a client does that trusts our authority, asks for a name of this host and
///   checks all there is to check: the certificate is `accepted` or `refused`
/// @param connect how a client that checks nothing and shows nothing is answered
/// @param command a line to paste
record ListenerView(
    String name,
    String summary,
    String explanation,
    int port,
    String url,
    String transport,
    boolean isTls,
    String auth,
    String who,
    String fault,
    boolean isBad,
    String verdict,
    String connect,
    String command) {

  static ListenerView of(ListenerSpec spec, Endpoint endpoint, Host host) {
    Fault fault = spec.expect().fault();
    return new ListenerView(
        spec.name(),
        spec.summary(),
        spec.explanation(),
        endpoint.port(),
        endpoint.url(host.name()),
        endpoint.transport().toString(),
        endpoint.tls() != null,
        endpoint.auth().toString(),
        who(endpoint.auth()),
        fault.toString(),
        fault != Fault.NONE || !spec.explanation().isEmpty(),
        fault == Fault.NONE ? "accepted" : "refused",
        spec.expect().connect().name().toLowerCase(Locale.ROOT),
        endpoint.command(host.name(), "ca.crt"));
  }

  private static String who(Auth auth) {
    return switch (auth) {
      case ANONYMOUS -> "anyone";
      case PASSWORD -> "user name and password";
      case CERTIFICATE -> "a certificate of ours";
    };
  }
}
