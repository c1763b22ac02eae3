package dev.midge.listener;

import static java.util.stream.Collectors.toMap;

import dev.midge.broker.ServerLimits;
import dev.midge.config.Problems;
import dev.midge.config.Spelling;
import dev.midge.limit.AddressLimits;
import dev.midge.limit.Rate;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A folder of listener files, found valid.
///
/// @param listeners the listeners to open, by port
/// @param serverLimits what they share
/// @param storeBytesMax how much of the disk what is kept may take, or 0 for a share of the disk
/// @param loops how many event loops serve them
/// @param inboundBytesMax the memory that unfinished packets of all connections may take, in bytes
/// @param connectionsMax how many connections there may be at a time, at all listeners together
/// @param handshakes how many TLS handshakes there may be
/// @param bytesOut how much goes to all MQTT clients together
/// @param addresses how much of all that one address may have
/// @param broadcasts what the server says and does by itself
public record LoadedListeners(
    List<ListenerSpec> listeners,
    ServerLimits serverLimits,
    long storeBytesMax,
    int loops,
    long inboundBytesMax,
    int connectionsMax,
    HandshakeBounds handshakes,
    Rate bytesOut,
    AddressLimits addresses,
    Broadcasts broadcasts) {

  /// What there is when nothing could be read.
  static final LoadedListeners NONE =
      new LoadedListeners(
          List.of(),
          new ServerLimits(1, 1, 0, 0, 0, 1),
          0,
          1,
          0,
          1,
          new HandshakeBounds(1, 1, Rate.NONE),
          Rate.NONE,
          AddressLimits.NONE,
          new Broadcasts(0, false, 0, ""));

  /// The same with these listeners.
  LoadedListeners with(List<ListenerSpec> others) {
    return with(others, addresses);
  }

  /// What holds when a server goes over to others while it runs.
  public LoadedListeners with(LoadedListeners next) {
    return with(next.listeners, next.addresses);
  }

  private LoadedListeners with(List<ListenerSpec> others, AddressLimits limits) {
    return new LoadedListeners(
        others,
        serverLimits,
        storeBytesMax,
        loops,
        inboundBytesMax,
        connectionsMax,
        handshakes,
        bytesOut,
        limits,
        broadcasts);
  }

  /// The policy that each listener names, by its name.
  public Map<String, String> policies() {
    return listeners.stream()
        .collect(toMap(ListenerSpec::name, listener -> listener.limits().policy()));
  }

  /// Checks that the certificates that the listeners show are among these.
  public void requireCertificates(Set<String> names, Problems problems) {
    for (ListenerSpec listener : listeners) {
      TlsSpec tls = listener.tls();
      if (tls == null) {
        continue;
      }
      tls.certificates().stream()
          .filter(name -> !name.isEmpty() && !names.contains(name)) // Else that has been told.
          .forEach(name ->
              problems.add(
                  tls.place(),
                  "there is no recipe for a certificate '" + name + "'",
                  Spelling.suggest(name, names)));
    }
  }

  /// Checks that the rules that the listeners name are among these.
  public void requirePolicies(Set<String> names, Problems problems) {
    for (ListenerSpec listener : listeners) {
      String policy = listener.limits().policy();
      if (!policy.isEmpty() && !names.contains(policy)) { // Else that has been told.
        problems.add(
            listener.policyPlace(),
            "there is no policy '" + policy + "'",
            Spelling.suggest(policy, names));
      }
    }
  }
}
