package dev.midge.web;

import static java.util.stream.Collectors.toMap;

import dev.midge.certs.Certificates;
import dev.midge.listener.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// The open listeners, as visitors see them. Any thread.
///
/// @param endpoints which are open at the moment
/// @param certificates what those with TLS show
record Listings(Supplier<List<Endpoint>> endpoints, Certificates certificates) {

  /// All of them, by port, for one who knows this host by that name.
  List<ListenerView> views(Host host) {
    Instant now = Instant.now();
    Map<String, Long> daysLeft =
        certificates.inUse().stream()
            .collect(
                toMap(
                    Certificates.InUse::name,
                    one ->
                        Duration.between(now, one.certificate().getNotAfter().toInstant())
                            .toDays()));
    return endpoints.get().stream()
        .map(open -> {
          Endpoint.Tls tls = open.tls();
          return ListenerView.of(open, host, tls == null ? null : daysLeft.get(tls.certificate()));
        })
        .toList();
  }
}
