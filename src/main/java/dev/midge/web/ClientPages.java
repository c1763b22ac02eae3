package dev.midge.web;

import dev.midge.listener.Endpoint;
import dev.midge.listener.Endpoint.Auth;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import dev.midge.listener.Transport;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// The pages that are MQTT clients themselves: their scripts connect over WebSocket to the
/// listeners that are open, and to nothing else.
final class ClientPages {
  private final Listings listings;
  private final Pages pages;

  ClientPages(Listings listings, Pages pages) {
    this.listings = listings;
    this.pages = pages;
  }

  /// Where a page can connect to.
  ///
  /// @param name the name of the listener
  /// @param url the address of its WebSocket
  /// @param auth what a client must show there, as a word
  public record Target(String name, String url, String auth) {

    /// What a policy for the content of a page has to allow: it has no words for an IPv6 address.
    String origin() {
      int host = url.indexOf("://") + "://".length();
      return url.substring(0, url.charAt(host) == '[' ? url.indexOf("//") : url.indexOf('/', host));
    }
  }

  /// A client for anything.
  Answer anything(Request request) {
    return page(request, "try");
  }

  /// The demo traffic as it comes.
  Answer demo(Request request) {
    return page(request, "demo");
  }

  private Answer page(Request request, String template) {
    return pages.withHost(
        request,
        host -> {
          List<Target> targets = targets(host, request.isTls());
          Answer page =
              pages.page(
                  200,
                  template,
                  Map.of("targets", targets, "host", host, "login", listings.login()));
          return Answers.connecting(page, targets.stream().map(Target::origin).distinct().toList());
        });
  }

  /// A page that came over TLS may not connect without it, and what everybody may use comes first:
  /// without TLS if there is a choice, since a browser may not trust our authority.
  private List<Target> targets(Host host, boolean isTls) {
    return listings.endpoints().get().stream()
        .filter(one ->
            one.transport() == Transport.WEBSOCKET || one.transport() == Transport.EVERYTHING)
        .filter(one -> one.tls() != null || !isTls)
        .sorted(
            Comparator.comparing((Endpoint one) -> one.auth() != Auth.ANONYMOUS)
                .thenComparing(one -> isTls && one.transport() != Transport.EVERYTHING))
        .map(one -> new Target(one.name(), url(one, host), one.auth().toString()))
        .toList();
  }

  /// A listener for everything takes any path that others take, too.
  private static String url(Endpoint endpoint, Host host) {
    String url = endpoint.url(host.name());
    return endpoint.transport() == Transport.EVERYTHING
        ? url.replaceFirst("^mqtt", "ws") + "/mqtt"
        : url;
  }
}
