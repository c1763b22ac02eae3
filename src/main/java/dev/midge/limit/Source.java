package dev.midge.limit;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/// Where a connection comes from, as far as limits tell one from another: a whole address of IPv4,
/// the first 64 bits of one of IPv6, because each customer of a provider has all that share them.
///
/// @param prefix the bits that count
/// @param bits how many those are
/// @param isLocal whether it is this machine, or one of a private network
public record Source(long prefix, int bits, boolean isLocal) {
  private static final int NETWORK_BITS = 48;
  private static final int MAPPED_BYTES = 12;

  /// The source of an address; one of IPv4 that is written as one of IPv6 is one of IPv4.
  public static Source of(InetAddress given) {
    InetAddress address = unmapped(given);
    byte[] bytes = address.getAddress();
    return address instanceof Inet4Address
        ? new Source(ByteBuffer.wrap(bytes).getInt(), Integer.SIZE, isLocal(address))
        : new Source(ByteBuffer.wrap(bytes).getLong(), Long.SIZE, isLocal(address));
  }

  /// Whether many such sources are one network of IPv6.
  public boolean hasNetwork() {
    return bits == Long.SIZE;
  }

  /// The network of IPv6 that it is in, of 48 bits: what one customer may have of a generous
  /// provider.
  public Source network() {
    return new Source(prefix & -(1L << Short.SIZE), NETWORK_BITS, isLocal);
  }

  /// Whether it is such a network itself.
  boolean isNetwork() {
    return bits == NETWORK_BITS;
  }

  /// The address of IPv4 that one of IPv6 stands for (::ffff:a.b.c.d), or the address itself.
  static InetAddress unmapped(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length <= Integer.BYTES || bytes[10] != -1 || bytes[11] != -1) {
      return address;
    }
    for (int i = 0; i < MAPPED_BYTES - 2; i++) {
      if (bytes[i] != 0) {
        return address;
      }
    }
    try {
      return InetAddress.getByAddress(new byte[] {bytes[12], bytes[13], bytes[14], bytes[15]});
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /// As people write it: `203.0.113.9`, `2001:db8:0:1::/64`.
  public String text() {
    try {
      if (bits == Integer.SIZE) {
        byte[] address = ByteBuffer.allocate(Integer.BYTES).putInt((int) prefix).array();
        return InetAddress.getByAddress(address).getHostAddress();
      }
      StringBuilder text = new StringBuilder();
      for (int at = Long.SIZE - Short.SIZE; at >= Long.SIZE - bits; at -= Short.SIZE) {
        text.append(Long.toHexString(prefix >>> at & 0xFFFF)).append(':');
      }
      return text.append(":/").append(bits).toString();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isLocal(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isSiteLocalAddress()
        || address.isLinkLocalAddress()
        || isUniqueLocal(address);
  }

  /// Whether it is of fc00::/7, the private networks of IPv6.
  private static boolean isUniqueLocal(InetAddress address) {
    return !(address instanceof Inet4Address) && (address.getAddress()[0] & 0xFE) == 0xFC;
  }
}
