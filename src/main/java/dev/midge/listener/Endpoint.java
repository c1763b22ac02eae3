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
  /// @param certificate the name of the certificate that is shown
  /// @param caFile the certificate to trust, an absolute path; or null where a public authority has
  ///   signed, whom clients trust anyway
  /// @param proof whether the server has seen for itself that it is as it promises
  public record Tls(String certificate, @Nullable Path caFile, Proof proof) {}

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
    /// A token, as the password.
    JWT("jwt"),
    /// A user name, and a password that is proved and never sent.
    SCRAM("scram"),
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

  /// A command that subscribes to everything under `demo`, or shows the page.
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
    String password = auth == Auth.JWT ? "TOKEN" : "PASSWORD";
    return client("sub", host, caFile, "USER", password) + " -t 'demo/#' -v";
  }

  /// How a command begins that is a client: whom it trusts, who it is, and where it goes.
  /// mosquitto_sub does not speak WebSocket everywhere, MQTT.js does.
  ///
  /// @param verb `sub` or `pub`
  /// @param user a user name, where one is needed, as a word of a shell, like what follows
  public String client(String verb, String host, String caFile, String user, String password) {
    boolean isTcp = transport != Transport.WEBSOCKET;
    String client =
        isTcp ? "mosquitto_" + verb : "npx mqtt " + verb + " -l " + transport.scheme(tls != null);
    String usual = tls != null && isTcp ? " --tls-use-os-certs" : "";
    String trust = caFile.isEmpty() ? usual : (isTcp ? " --cafile " : " --ca ") + caFile;
    String own =
        switch (auth) {
          case ANONYMOUS, TOKEN -> "";
          case PASSWORD, JWT, SCRAM -> " -u " + user + " -P " + password;
          case CERTIFICATE -> " --cert client.crt --key client.key";
        };
    return client + trust + own + " -h " + host + " -p " + port;
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
