package dev.midge.web;

import dev.midge.certs.Certificates;
import dev.midge.certs.ClientCertificates;
import dev.midge.certs.HttpChallenges;
import dev.midge.certs.RenewalNews;
import dev.midge.limit.Addresses;
import dev.midge.listener.Endpoint;
import dev.midge.listener.HttpSpec;
import dev.midge.listener.LimitTable;
import dev.midge.listener.Site;
import dev.midge.listener.Transport;
import dev.midge.probe.Courier;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The web site of the server: finds what is at a path, and lets it answer. Any thread.
public final class WebSite implements Site {
  private static final String CHALLENGES = "/.well-known/acme-challenge/";

  /// The text format of Prometheus.
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpChallenges challenges;
  private final Map<String, Resource> resources = new HashMap<>();
  private final Map<HttpSpec, CertificateDesk> desks = new ConcurrentHashMap<>();
  private final Pages pages;

  /// What a site tells of.
  ///
  /// @param version the version of this program
  /// @param endpoints which listeners are open at the moment, and where
  /// @param certificates all certificates of the server
  /// @param authority the name of who signs for clients; without such a recipe there is nothing
  ///   about certificates
  /// @param challenges what ACME servers are told
  /// @param news how it stands with certificates that others sign
  /// @param tokens who makes tokens
  /// @param metrics all that is counted, as Prometheus reads it
  /// @param limits what the server allows
  /// @param addresses who has how much of it
  /// @param health whether the server is well
  /// @param watched how it is, and was
  /// @param contact whom to write to about it, or an empty string
  /// @param accounts the user names of the accounts
  /// @param courier publishes and subscribes for visitors
  public record Matter(
      String version,
      Supplier<List<Endpoint>> endpoints,
      Certificates certificates,
      String authority,
      HttpChallenges challenges,
      RenewalNews news,
      TokenIssuer tokens,
      Supplier<String> metrics,
      Supplier<LimitTable> limits,
      Addresses addresses,
      Health health,
      Watched watched,
      Supplier<String> contact,
      Supplier<Set<String>> accounts,
      Courier courier) {}

  /// Whether the server is well.
  ///
  /// @param started whether it has opened all it has to open
  /// @param unanswered the names of the listeners that do not answer just now
  public record Health(BooleanSupplier started, Supplier<List<String>> unanswered) {}

  /// Makes the site.
  public WebSite(Matter matter) {
    this.challenges = matter.challenges();
    Map<String, Asset> assets = new LinkedHashMap<>();
    for (String name :
        List.of("site.css", "icon.svg", "copy.js", "home.js", "chart.js", "try.js", "demo.js")) {
      assets.put(name, Asset.load(name));
    }
    assets.put("uplot.js", Asset.ofLibrary("uplot/dist/uPlot.iife.min.js"));
    assets.put("uplot.css", Asset.ofLibrary("uplot/dist/uPlot.min.css"));
    assets.put("mqtt.js", Asset.ofLibrary("mqtt/dist/mqtt.min.js"));
    assets.forEach((name, asset) -> resources.put("/assets/" + name, Resource.get(asset::answer)));
    this.pages = new Pages(assets, matter.version());
    Resource metrics = Resource.get(_ -> Answers.of(200, METRICS, matter.metrics().get()));
    resources.put("/q/metrics", metrics);
    resources.put("/metrics", metrics);
    new HealthPages(matter.health().started(), matter.health().unanswered()).addTo(resources);
    LimitPages limits = new LimitPages(matter.limits(), matter.addresses(), pages);
    resources.put("/limits", Resource.get(limits::all));
    resources.put("/limits.json", Resource.get(limits::json));
    resources.put("/limits/me", Resource.get(limits::own));
    resources.put("/api/v1/limits", Resource.get(limits::json));
    resources.put("/api/v1/limits/me", Resource.get(limits::own));
    new StatusDesk(() -> told(matter), matter.watched(), pages).addTo(resources);
    new IncidentDesk(() -> told(matter), matter.watched(), pages).addTo(resources);
    addListeners(matter);
    new TokenDesk(matter.tokens(), pages).addTo(resources);
    new MessageDesk(matter.courier(), pages).addTo(resources);
    OpenApi description = new OpenApi("openapi.yaml");
    for (String path : OpenApi.PATHS) {
      resources.put(path, Resource.get(request -> Answers.shared(description.answer(request))));
    }
    if (matter.certificates().has(matter.authority())) {
      addCertificates(matter);
    }
  }

  @Override
  public Answer answer(Request request) {
    Answer answer =
        Host.of(request).isEmpty()
            ? pages.error(request, 400, "The header Host names no host.")
            : find(request.path()).answer(request, pages);
    return Answers.tagged(Compression.shorten(answer, request), request);
  }

  /// What strangers are told of: not where the operator goes.
  private static List<Endpoint> told(Matter matter) {
    return matter.endpoints().get().stream()
        .filter(endpoint -> endpoint.transport() != Transport.OPERATOR)
        .toList();
  }

  private void addListeners(Matter matter) {
    Listings listings = new Listings(() -> told(matter), matter.certificates(), matter.accounts());
    ListenerPages listeners = new ListenerPages(listings, pages);
    HomePage home = new HomePage(listings, matter.watched(), pages);
    ClientPages clients = new ClientPages(listings, pages);
    resources.put("/", Resource.get(home::page));
    resources.put("/connect", Resource.get(listeners::one));
    resources.put("/try", Resource.get(clients::anything));
    resources.put("/demo", Resource.get(clients::demo));
    resources.put("/about", Resource.get(_ -> about(matter.contact().get())));
    resources.put("/listeners", Resource.get(listeners::all));
    resources.put("/listeners.json", Resource.get(listeners::json));
    resources.put("/api/v1/listeners", Resource.get(listeners::json));
    resources.put("/faults", Resource.get(listeners::bad));
  }

  private Answer about(String contact) {
    String link =
        contact.matches("https?://\\S+")
            ? contact
            : contact.matches("[^@\\s]+@[^@\\s]+") ? "mailto:" + contact : "";
    return pages.page(200, "about", Map.of("contact", contact, "contactLink", link));
  }

  private void addCertificates(Matter matter) {
    Certificates certificates = matter.certificates();
    String authority = matter.authority();
    Supplier<ClientCertificates> clients = () -> certificates.clients(authority);
    new Downloads(
            () -> certificates.root(authority).certificate(),
            () -> certificates.overlap(authority),
            clients,
            pages)
        .addTo(resources);
    for (String root : certificates.roots()) {
      resources.putIfAbsent(
          "/" + root + ".crt", Resource.get(_ -> Downloads.root(certificates, root)));
    }
    CertificatePages about = new CertificatePages(certificates, authority, matter.news(), pages);
    resources.put("/certificates", Resource.get(about::all));
    resources.put("/client-certificates", Resource.get(about::forClients));
    resources.put(
        "/api/v1/certificates",
        new Resource(
            Map.of(
                "POST", request -> desk(clients, request).sign(request),
                "DELETE", request -> desk(clients, request).revoke(request))));
  }

  /// Listeners with the same limits share them.
  private CertificateDesk desk(Supplier<ClientCertificates> clients, Request request) {
    return desks.computeIfAbsent(
        request.limits(), limits -> new CertificateDesk(clients, limits, pages));
  }

  /// What is at a path. A path is what it is: nothing in it is decoded or mended.
  private Resource find(String path) {
    Resource resource = resources.get(path);
    if (resource != null) {
      return resource;
    }
    if (path.startsWith(CHALLENGES)) {
      return Resource.get(request -> challenge(request, path.substring(CHALLENGES.length())));
    }
    return Resource.get(this::notFound);
  }

  private Answer challenge(Request request, String token) {
    return challenges
        .answer(token)
        .map(authorization -> Answers.of(200, "application/octet-stream", authorization))
        .orElseGet(() -> notFound(request));
  }

  private Answer notFound(Request request) {
    return pages.error(request, 404, "There is nothing at this address.");
  }
}
