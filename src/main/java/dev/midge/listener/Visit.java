package dev.midge.listener;

import dev.midge.limit.Address;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;

/// Whom a connection is counted for, and whether its client was let in. Loop thread only, but for
/// the beginning, which is on the thread that accepts.
final class Visit {
  private static final AttributeKey<Visit> KEY = AttributeKey.valueOf(Visit.class, "visit");

  private final Address address;
  private boolean isWelcome;

  private Visit(Address address) {
    this.address = address;
  }

  /// A visit of this channel begins.
  static Visit begin(Channel channel, Address address) {
    Visit visit = new Visit(address);
    channel.attr(KEY).set(visit);
    return visit;
  }

  /// That of this channel.
  static Visit of(Channel channel) {
    Visit visit = channel.attr(KEY).get();
    return visit == null ? begin(channel, Address.EXEMPT) : visit;
  }

  /// Whom it is counted for.
  Address address() {
    return address;
  }

  /// The client is let in: what becomes of it now is no failure.
  void welcome() {
    isWelcome = true;
  }

  /// Whether the client was let in.
  boolean isWelcome() {
    return isWelcome;
  }
}
