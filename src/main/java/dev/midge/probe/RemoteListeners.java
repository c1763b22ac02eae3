package dev.midge.probe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.midge.certs.Fault;
import dev.midge.certs.FaultFinder;
import dev.midge.certs.FaultFinder.Findings;
import dev.midge.certs.ServerTrust;
import dev.midge.probe.ProbeTarget.Carrier;
import dev.midge.probe.ProbeTarget.TlsPromise;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// The listeners of a server elsewhere, as its web site tells of them, and what a client is to find
/// at each that trusts whom the site says. Blocks; one thread at a time.
public final class RemoteListeners {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int ANSWER_BYTES_MAX = 1 << 20;
  private static final String TOPIC = "midge-probe/";

  private final URI site;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final Map<String, Optional<X509Certificate>> roots = new HashMap<>();
  private volatile @Nullable X509CRL revoked;
  private List<X509Certificate> authorities = List.of();

  /// @param site where the web site is: `http://localhost:8000`
  public RemoteListeners(URI site) {
    this.site = site;
  }

  /// Asks the site.
  ///
  /// @throws IOException if it does not answer, or with something else
  /// @throws InterruptedException if the thread is to end
  public List<ProbeTarget> read() throws IOException, InterruptedException {
    List<Map<String, String>> listeners = objects(fetch(site.resolve("/listeners.json")));
    roots.clear();
    revoked = null;
    authorities = authorities(listeners);
    List<ProbeTarget> targets = new ArrayList<>();
    for (Map<String, String> listener : listeners) {
      targets.add(target(listener));
    }
    return targets;
  }

  private byte[] fetch(URI address) throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> asking =
        http.sendAsync(
            HttpRequest.newBuilder(address).build(),
            BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX));
    try {
      HttpResponse<byte[]> answer = asking.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (answer.statusCode() != 200) {
        throw new IOException(address + " answers " + answer.statusCode());
      }
      return answer.body();
    } catch (ExecutionException e) {
      throw new IOException(address + ": " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new IOException(address + " does not answer in time", e);
    } finally {
      asking.cancel(true);
    }
  }

  /// Flat objects in an array; what is an array in them is left out.
  private static List<Map<String, String>> objects(byte[] text) throws IOException {
    List<Map<String, String>> objects = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(text)) {
      Map<String, String> object = new HashMap<>();
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.START_OBJECT) {
          object = new HashMap<>();
          objects.add(object);
        } else if (token.isScalarValue() && json.currentName() != null) {
          object.put(json.currentName(), json.getText());
        }
      }
    }
    return objects;
  }

  private static CertificateFactory factory() throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509");
  }

  /// What a listener without a fault shows above its own certificate is what others are to show.
  private List<X509Certificate> authorities(List<Map<String, String>> listeners) {
    for (Map<String, String> listener : listeners) {
      if ("none".equals(listener.get("fault")) && listener.containsKey("ca")) {
        String host = text(listener, "host");
        try (Socket socket = new Socket()) {
          socket.setSoTimeout((int) PATIENCE.toMillis());
          socket.connect(new InetSocketAddress(host, port(listener)), (int) PATIENCE.toMillis());
          TlsGreeting greeting = TlsGreeting.on(socket, asked(host), TlsGreeting.VERSIONS);
          if (greeting.isProven()) {
            return List.copyOf(greeting.chain().subList(1, greeting.chain().size()));
          }
        } catch (IOException | IllegalArgumentException _) { // No name that one can ask for.
          // Another one will do.
        }
      }
    }
    return List.of();
  }

  private ProbeTarget target(Map<String, String> listener)
      throws IOException, InterruptedException {
    String host = text(listener, "host");
    String transport = text(listener, "transport");
    Carrier carrier =
        switch (transport) {
          case "http" -> Carrier.HTTP;
          case "websocket" -> Carrier.WEBSOCKET;
          default -> Carrier.TCP;
        };
    Login login =
        carrier == Carrier.HTTP || "anonymous".equals(listener.get("auth"))
            ? Login.ANONYMOUS
            : Login.STRANGER;
    return new ProbeTarget(
        text(listener, "name"),
        host,
        List.of(),
        port(listener),
        carrier,
        switch (carrier) {
          case TCP -> "";
          case HTTP -> "/q/health/live";
          case WEBSOCKET -> path(text(listener, "url"));
        },
        "true".equals(listener.get("tls")) ? promise(listener, host) : null,
        login,
        TOPIC);
  }

  private TlsPromise promise(Map<String, String> listener, String host)
      throws IOException, InterruptedException {
    String fault = text(listener, "fault");
    Fault promised =
        Stream.of(Fault.values())
            .filter(one -> one.toString().equals(fault))
            .findFirst()
            .orElse(Fault.NONE);
    String ca = listener.get("ca");
    String asked = asked(host);
    String name = asked.isEmpty() ? host : asked;
    if (ca == null) {
      return new TlsPromise(asked, promised, shown -> judgeByAll(shown, name));
    }
    X509Certificate root = root(ca);
    ServerTrust trust = trust(root, promised);
    return new TlsPromise(
        asked, promised, shown -> FaultFinder.find(trust, name, shown, Instant.now()));
  }

  /// The name to ask for: an address is none, but this machine has one.
  private static String asked(String host) {
    if (host.startsWith("127.") || host.equals("::1")) {
      return "localhost";
    }
    return NameLookup.isAddress(host) ? "" : host;
  }

  private X509Certificate root(String ca) throws IOException, InterruptedException {
    Optional<X509Certificate> known = roots.get(ca);
    if (known == null) {
      try {
        known =
            Optional.of(
                (X509Certificate)
                    factory()
                        .generateCertificate(
                            new ByteArrayInputStream(fetch(site.resolve(path(ca))))));
      } catch (GeneralSecurityException e) {
        throw new IOException(ca + " is no certificate", e);
      }
      roots.put(ca, known);
    }
    return known.orElseThrow();
  }

  /// What is revoked is asked for when it matters: until somebody comes for a certificate, it may
  /// not be made yet, and revoked even less.
  private ServerTrust trust(X509Certificate root, Fault promised) {
    List<X509Certificate> between = authorities;
    return new ServerTrust() {
      @Override
      public X509Certificate root() {
        return root;
      }

      @Override
      public List<X509Certificate> authorities() {
        return between;
      }

      @Override
      public boolean isRevoked(X509Certificate certificate) {
        X509CRL list = revoked;
        if (list == null || (promised == Fault.REVOKED && !list.isRevoked(certificate))) {
          list = readRevoked();
          revoked = list;
        }
        return list != null && list.isRevoked(certificate);
      }
    };
  }

  private @Nullable X509CRL readRevoked() {
    try {
      byte[] list = fetch(site.resolve("/crl.pem"));
      return (X509CRL) factory().generateCRL(new ByteArrayInputStream(list));
    } catch (IOException | GeneralSecurityException none) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /// By the roots that Java trusts.
  private Findings judgeByAll(List<X509Certificate> shown, String host) {
    for (X509Certificate root : publicRoots()) {
      if (root.getSubjectX500Principal().equals(shown.getLast().getIssuerX500Principal())) {
        return FaultFinder.find(trust(root, Fault.NONE), host, shown, Instant.now());
      }
    }
    return new Findings(
        EnumSet.noneOf(Fault.class), new ArrayList<>(List.of("no authority that all trust")));
  }

  private static List<X509Certificate> publicRoots() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((@Nullable KeyStore) null);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager trust) {
          return List.of(trust.getAcceptedIssuers());
        }
      }
      return List.of();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(Map<String, String> listener, String name) {
    return listener.getOrDefault(name, "");
  }

  private static int port(Map<String, String> listener) throws IOException {
    String port = text(listener, "port");
    if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 0xFFFF) {
      throw noList("port", port);
    }
    return Integer.parseInt(port);
  }

  /// The path of an address as it stands there: what is encoded in it may be anything.
  private static String path(String address) throws IOException {
    try {
      String path = new URI(address).getRawPath();
      if (path != null && path.startsWith("/")) {
        return path;
      }
    } catch (URISyntaxException _) {
      // Told below.
    }
    throw noList("url", address);
  }

  private static IOException noList(String name, String value) {
    return new IOException("this is no list of listeners: " + name + " '" + value + "'");
  }
}
