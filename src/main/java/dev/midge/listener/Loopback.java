package dev.midge.listener;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;

/// The addresses by which a process reaches itself.
final class Loopback {
  /// That of IPv6.
  static final InetAddress IPV6 = ipv6();

  private Loopback() {}

  /// Whether this process reaches itself by IPv6.
  static boolean hasIpv6() {
    try {
      return !Boolean.getBoolean("java.net.preferIPv4Stack")
          && NetworkInterface.getByInetAddress(IPV6) != null;
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InetAddress ipv6() {
    try {
      return InetAddress.getByAddress(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // It is an address.
    }
  }
}
