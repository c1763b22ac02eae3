package dev.midge.listener;

import dev.midge.broker.Limits;
import dev.midge.config.Place;
import dev.midge.limit.TrafficRates;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A listener as its file describes it.
///
/// @param name its name in messages, metrics and endpoint files: lower case, digits and hyphens
/// @param port the port in its file, or what takes its place, 1 to 65,535
/// @param bind the address to open it at, or an empty string for that of all listeners
/// @param portPlace where the port is said
/// @param summary what it is for, in a line
/// @param explanation what happens there, in two sentences, or an empty string
/// @param transport what carries the bytes
/// @param tls how it speaks TLS, or null if it does not
/// @param websocketPaths the paths that a WebSocket may ask for, the one to advertise first
/// @param controlFramesPerSecondMax how many control frames and empty frames a WebSocket may send
///   in a second, or 0 for any number
/// @param http how much it does for those who speak HTTP
/// @param connectionsMax how many connections it has at a time
/// @param limits what it offers to each of them
/// @param traffic how fast each of them may send and get
/// @param slowedSecondsMax for how long one may send faster than that, or 0 for ever
/// @param proxy the proxies that it stands behind, or null
/// @param policyPlace where it is said which rules hold for who has no account
/// @param expect what a plain client meets
public record ListenerSpec(
    String name,
    int port,
    String bind,
    Place portPlace,
    String summary,
    String explanation,
    Transport transport,
    @Nullable TlsSpec tls,
    List<String> websocketPaths,
    int controlFramesPerSecondMax,
    HttpSpec http,
    int connectionsMax,
    Limits limits,
    TrafficRates traffic,
    int slowedSecondsMax,
    @Nullable ProxySpec proxy,
    Place policyPlace,
    Expect expect) {

  /// The same listener at another port.
  ///
  /// @param place where that port is said
  ListenerSpec at(int other, Place place) {
    return new ListenerSpec(
        name,
        other,
        bind,
        place,
        summary,
        explanation,
        transport,
        tls,
        websocketPaths,
        controlFramesPerSecondMax,
        http,
        connectionsMax,
        limits,
        traffic,
        slowedSecondsMax,
        proxy,
        policyPlace,
        expect);
  }
}
