package dev.midge.listener;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// An open listener as clients find it.
///
/// @param name the name of the listener
/// @param summary what it is for
/// @param explanation what happens there, in two sentences, or an empty string
/// @param transport what carries the bytes
/// @param expect what it promises
/// @param tls what clients need to know of its TLS, or null if it has none
/// @param host the host to connect to
/// @param port the port that it is bound to
/// @param path the path of its WebSocket, or an empty string
/// @param auth what a client must show to be let in
public record Endpoint(
    String name,
    String summary,
    String explanation,
    Transport transport,
    Expect expect,
    @Nullable Tls tls,
    String host,
    int port,
    String path,
    Auth auth) {

  /// What clients need to know of TLS.
  ///
  /// @param caFile the certificate to trust, an absolute path; or null where a public authority has
  ///   signed, whom clients trust anyway
  /// @param proof whether the server has seen for itself that it is as it promises
  public record Tls(@Nullable Path caFile, Proof proof) {}

  /// What came of the test that the server does of itself.
  ///
  /// @param word `pending`, `passed` or `failed`
  /// @param detail what is not as it should be, or an empty string
  public record Proof(String word, String detail) {
    /// The test has not been done yet.
    public static final Proof PENDING = new Proof("pending", "");

    /// All is as it should be.
    public static final Proof PASSED = new Proof("passed", "");
  }

  /// What clients show.
  public enum Auth {
    ANONYMOUS("anonymous"),
    PASSWORD("password"),
    CERTIFICATE("certificate"),
    /// That of the operator.
    TOKEN("token");

    private final String word;

    Auth(String word) {
      this.word = word;
    }

    /// The word for it in endpoint files.
    @Override
    public String toString() {
      return word;
    }
  }

  /// A command that subscribes to everything under `demo`, or shows the page. mosquitto_sub does
  /// not speak WebSocket everywhere, MQTT.js does.
  ///
  /// @param host the host as the one who will run it knows it
  /// @param caFile the certificate to trust, as a word of a shell, or an empty string if there is
  ///   none that is not trusted anyway
  public String command(String host, String caFile) {
    if (transport.isHttp()) {
      String shown =
          auth == Auth.TOKEN ? " -H \"Authorization: Bearer $(cat DATA/operator-token)\"" : "";
      return "curl" + shown + (caFile.isEmpty() ? "" : " --cacert " + caFile) + " " + url(host);
    }
    boolean isTcp = transport != Transport.WEBSOCKET;
    String client = isTcp ? "mosquitto_sub" : "npx mqtt sub -l " + transport.scheme(tls != null);
    String usual = tls != null && isTcp ? " --tls-use-os-certs" : "";
    String trust = caFile.isEmpty() ? usual : (isTcp ? " --cafile " : " --ca ") + caFile;
    String own =
        switch (auth) {
          case ANONYMOUS -> "";
          case PASSWORD -> " -u USER -P PASSWORD";
          case TOKEN -> "";
          case CERTIFICATE -> " --cert client.crt --key client.key";
        };
    return client + trust + own + " -h " + host + " -p " + port + " -t 'demo/#' -v";
  }

  /// The URL to connect to: `mqtt://localhost:1883`, `wss://localhost:8081/mqtt`.
  public String url() {
    return url(host);
  }

  /// The same, with another name for the host.
  public String url(String host) {
    String authority = host.contains(":") ? "[" + host + "]" : host;
    return transport.scheme(tls != null) + "://" + authority + ":" + port + path;
  }
}
