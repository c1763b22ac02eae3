package dev.midge.probe;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/// What came of one look at one listener, through one family of addresses.
///
/// @param name the name of the listener
/// @param family `IPv4` or `IPv6`; or `DNS`, if it was not found where the listener is
/// @param steps what was done, in its order
/// @param problem what is not as it was promised, in a clause; or an empty string
public record ProbeResult(String name, String family, List<Step> steps, String problem) {
  /// Something that was done, and succeeded or failed in the way it was promised.
  ///
  /// @param name `dns`, `tcp`, `tls`, `websocket`, `http`, `connect`, `subscribe` or `echo`
  public record Step(String name, long nanos) {
    /// How long it took, in milliseconds.
    public double millis() {
      return nanos / 1e6;
    }
  }

  /// That of a listener whose host nobody knows.
  static ProbeResult unknown(ProbeTarget target) {
    return new ProbeResult(target.name(), "DNS", List.of(), target.host() + " is not known");
  }

  /// The same after other steps.
  ProbeResult after(List<Step> before) {
    return new ProbeResult(
        name, family, Stream.concat(before.stream(), steps.stream()).toList(), problem);
  }

  /// That of a look through this address.
  static ProbeResult of(ProbeTarget target, InetAddress address, List<Step> steps, String problem) {
    String family = address instanceof Inet6Address ? "IPv6" : "IPv4";
    return new ProbeResult(target.name(), family, List.copyOf(steps), problem);
  }

  /// Whether all is as it was promised.
  public boolean isGood() {
    return problem.isEmpty();
  }
}
