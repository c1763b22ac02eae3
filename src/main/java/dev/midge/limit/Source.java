package dev.midge.limit;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/// Where a connection comes from, as far as limits tell one from another: a whole address of IPv4,
/// the first 64 bits of one of IPv6, because each customer of a provider has all that share them.
///
/// @param prefix the bits that count
/// @param isLocal whether it is this machine, or one of a private network
public record Source(long prefix, boolean isLocal) {

  /// The source of an address.
  public static Source of(InetAddress address) {
    boolean isLocal =
        address.isLoopbackAddress()
            || address.isSiteLocalAddress()
            || address.isLinkLocalAddress()
            || isUniqueLocal(address);
    byte[] bytes = address.getAddress();
    long prefix =
        address instanceof Inet4Address
            ? ByteBuffer.wrap(bytes).getInt()
            : ByteBuffer.wrap(bytes).getLong();
    return new Source(prefix, isLocal);
  }

  /// Whether it is of fc00::/7, the private networks of IPv6.
  private static boolean isUniqueLocal(InetAddress address) {
    return !(address instanceof Inet4Address) && (address.getAddress()[0] & 0xFE) == 0xFC;
  }
}
