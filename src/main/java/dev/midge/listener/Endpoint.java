package dev.midge.listener;

/// An open listener as clients find it.
///
/// @param name the name of the listener
/// @param summary what it is for
/// @param transport what carries the bytes
/// @param host the host to connect to
/// @param port the port that it is bound to
/// @param path the path of its WebSocket, or an empty string
/// @param isAnonymous whether a client needs no user name
public record Endpoint(
    String name,
    String summary,
    Transport transport,
    String host,
    int port,
    String path,
    boolean isAnonymous) {

  /// The URL to connect to: `mqtt://localhost:1883`, `ws://localhost:8080/mqtt`.
  public String url() {
    String authority = host.contains(":") ? "[" + host + "]" : host;
    return transport.scheme() + "://" + authority + ":" + port + path;
  }

  /// What a client must show to be let in: `anonymous` for nothing, else `password`.
  public String auth() {
    return isAnonymous ? "anonymous" : "password";
  }
}
