package dev.midge.probe;

import dev.midge.probe.ProbeResult.Step;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/// What came of asking where a host is.
///
/// @param addresses one of each family, IPv4 first; none, if the name is not known
/// @param steps that of the look-up, or none where nobody had to be asked
record NameLookup(List<InetAddress> addresses, List<Step> steps) {
  /// Looks for a host, whether or not it is an address itself. Blocks.
  static NameLookup of(String host) {
    long begunNanos = System.nanoTime();
    try {
      InetAddress[] all = InetAddress.getAllByName(host);
      Step step = new Step("dns", System.nanoTime() - begunNanos);
      return new NameLookup(oneOfEach(all), isAddress(host) ? List.of() : List.of(step));
    } catch (UnknownHostException none) {
      return new NameLookup(List.of(), List.of());
    }
  }

  /// Whether a host is written as an address, of which nobody has to be asked.
  static boolean isAddress(String host) {
    return host.contains(":") || host.matches("[0-9.]+");
  }

  private static List<InetAddress> oneOfEach(InetAddress... all) {
    return Stream.of(true, false)
        .flatMap(
            isOld -> Stream.of(all).filter(one -> one instanceof Inet4Address == isOld).limit(1))
        .toList();
  }
}
