package dev.midge.limit;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/// All addresses that begin with the same bits; one address, if all its bits count. One of IPv4
/// that is written as one of IPv6 is one of IPv4.
///
/// @param high the first 64 bits, or the 32 of IPv4 and zeros; those that do not count are zero
/// @param low the 64 bits after them
/// @param bits how many count
public record Network(long high, long low, int bits, boolean isIpv4) {
  private static final int IPV6_BITS = 128;

  /// The network that a text says: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`.
  ///
  /// @throws IllegalArgumentException if it is none; the message is that text
  public static Network of(String text) {
    int slash = text.indexOf('/');
    InetAddress address = Networks.address(slash < 0 ? text : text.substring(0, slash));
    if (address == null || (slash >= 0 && !text.substring(slash + 1).matches("\\d{1,3}"))) {
      throw new IllegalArgumentException(text);
    }
    Network whole = of(address);
    int bits = slash < 0 ? whole.bits : Integer.parseInt(text.substring(slash + 1));
    if (bits > whole.bits) {
      throw new IllegalArgumentException(text);
    }
    return whole.first(bits);
  }

  /// The network that is this address alone.
  static Network of(InetAddress given) {
    byte[] bytes = Source.unmapped(given).getAddress();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return bytes.length == Integer.BYTES
        ? new Network((long) buffer.getInt() << Integer.SIZE, 0, Integer.SIZE, true)
        : new Network(buffer.getLong(), buffer.getLong(), IPV6_BITS, false);
  }

  /// The network of so many of its bits.
  Network first(int count) {
    return new Network(
        high & mask(count), low & mask(Math.max(0, count - Long.SIZE)), count, isIpv4);
  }

  /// Whether it is an address of this network.
  public boolean contains(InetAddress address) {
    Network other = of(address);
    return other.isIpv4 == isIpv4 && other.first(bits).equals(this);
  }

  /// As people write it.
  public String text() {
    int most = isIpv4 ? Integer.SIZE : IPV6_BITS;
    ByteBuffer bytes = ByteBuffer.allocate(most / Byte.SIZE);
    if (isIpv4) {
      bytes.putInt((int) (high >>> Integer.SIZE));
    } else {
      bytes.putLong(high).putLong(low);
    }
    try {
      String address = InetAddress.getByAddress(bytes.array()).getHostAddress();
      return bits == most ? address : address + "/" + bits;
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A number whose first so many bits are ones.
  private static long mask(int count) {
    return count == 0 ? 0 : -1L << Math.max(0, Long.SIZE - count);
  }
}
