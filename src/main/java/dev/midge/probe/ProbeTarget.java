package dev.midge.probe;

import dev.midge.certs.Fault;
import dev.midge.certs.FaultFinder.Findings;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A listener and what it promises to a client that trusts whom it is told to trust.
///
/// @param name its name
/// @param host the host as it is named to the server
/// @param addresses where it is, one of each family; none, if that is to be asked by its host
/// @param port the port
/// @param carrier what carries MQTT
/// @param path the path of its WebSocket, or of a page; or an empty string
/// @param tls what it promises of TLS, or null if it has none
/// @param login what the client shows, and what becomes of it
/// @param topic the topic of the message that is to come back, to which something is added
public record ProbeTarget(
    String name,
    String host,
    List<InetAddress> addresses,
    int port,
    Carrier carrier,
    String path,
    @Nullable TlsPromise tls,
    Login login,
    String topic) {

  /// What carries MQTT.
  public enum Carrier {
    TCP,
    WEBSOCKET,
    /// Nothing: pages are served.
    HTTP
  }

  /// What is promised of TLS.
  ///
  /// @param host the name to ask for
  /// @param fault the one thing that is wrong
  /// @param judge finds all that is wrong with the certificates that were shown
  public record TlsPromise(String host, Fault fault, Judge judge) {}

  /// Finds all that is wrong with certificates. Any thread.
  @FunctionalInterface
  public interface Judge {
    Findings judge(List<X509Certificate> shown);
  }
}
