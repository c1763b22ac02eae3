package dev.midge.web;

import static java.util.stream.Collectors.toMap;

import dev.midge.certs.Certificates;
import dev.midge.listener.Endpoint;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// The open listeners, as visitors see them. Any thread.
///
/// @param endpoints which are open at the moment
/// @param certificates what those with TLS show
/// @param accounts the user names that they know
record Listings(
    Supplier<List<Endpoint>> endpoints, Certificates certificates, Supplier<Set<String>> accounts) {

  /// What may be said where a password is wanted.
  Login login() {
    return Login.among(accounts.get());
  }

  /// All of them, by port, for one who knows this host by that name.
  List<ListenerView> views(Host host) {
    Instant now = Instant.now();
    Login login = login();
    Map<String, LifeLeft> lives =
        certificates.inUse().stream()
            .collect(toMap(Certificates.InUse::name, one -> LifeLeft.of(one.certificate(), now)));
    return endpoints.get().stream()
        .map(open -> {
          Endpoint.Tls tls = open.tls();
          return ListenerView.of(
              open, host, login, tls == null ? null : lives.get(tls.certificate()));
        })
        .toList();
  }
}
