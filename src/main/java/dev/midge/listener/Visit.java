package dev.midge.listener;

import dev.midge.limit.Address;
import dev.midge.limit.Addresses;
import dev.midge.limit.Admission;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Where a client is, whom its connection is counted for, and whether it was let in. Loop thread
/// only, but for the beginning, which is on the thread that accepts.
final class Visit {
  private static final AttributeKey<Visit> KEY = AttributeKey.valueOf(Visit.class, "visit");

  private final Channel channel;
  private Address address = Address.EXEMPT;

  /// Where the client is, if a proxy said so.
  private @Nullable InetSocketAddress behind;

  private boolean isWelcome;

  /// Whether the server itself is the client.
  private boolean isOwn;

  /// Ends the counting.
  private Runnable leaving = () -> {};

  /// Whether something that came is still being dealt with.
  private BooleanSupplier isUnderWay = () -> false;

  private Visit(Channel channel) {
    this.channel = channel;
  }

  /// That of this channel.
  static Visit of(Channel channel) {
    Visit visit = channel.attr(KEY).get();
    if (visit == null) {
      visit = new Visit(channel);
      channel.attr(KEY).set(visit);
    }
    return visit;
  }

  /// Where the client of a channel is, or null when it has gone already.
  static @Nullable InetSocketAddress client(Channel channel) {
    Visit visit = channel.attr(KEY).get();
    return visit != null && visit.behind != null
        ? visit.behind
        : channel.remoteAddress() instanceof InetSocketAddress remote ? remote : null;
  }

  /// The same as text for people.
  static String text(Channel channel) {
    InetSocketAddress client = client(channel);
    return client == null
        ? "unknown"
        : client.getAddress().getHostAddress() + ":" + client.getPort();
  }

  /// Counts the connection for an address that it was admitted for, until it is closed and what it
  /// brought was dealt with.
  void countFor(Address admitted, Addresses addresses) {
    if (admitted.source() != null) {
      address = admitted;
      leaving = () -> addresses.leave(admitted, !isWelcome);
      var _ =
          channel
              .closeFuture()
              .addListener(_ -> {
                if (!isUnderWay.getAsBoolean()) {
                  left();
                }
              });
    }
  }

  /// The server itself is the client: the connection is counted for nobody.
  void own() {
    isOwn = true;
  }

  /// Whether the server itself is the client.
  boolean isOwn() {
    return isOwn;
  }

  /// A proxy said where the client is: asks whether it may come in from there. Once only.
  Admission comesFrom(InetSocketAddress client, Addresses addresses) {
    if (!channel.isOpen()) {
      return Admission.TOO_MANY_CONNECTIONS;
    }
    Addresses.Entry entry = addresses.enter(client.getAddress());
    if (entry.admission() == Admission.ADMITTED) {
      behind = client;
      countFor(entry.address(), addresses);
    }
    return entry.admission();
  }

  /// Says whether something that came before the channel was closed is still being dealt with: if
  /// so, [#left] must follow.
  void lastsAsLongAs(BooleanSupplier isUnderWay) {
    this.isUnderWay = isUnderWay;
  }

  /// It is over.
  void left() {
    leaving.run();
    leaving = () -> {};
  }

  /// Whom it is counted for.
  Address address() {
    return address;
  }

  /// The client is let in: what becomes of it now is no failure.
  void welcome() {
    isWelcome = true;
  }
}
