package dev.midge.listener;

import dev.midge.packet.ReasonCode;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Reads the first message of a TLS handshake for the host that the client asks for (RFC 6066
/// section 3), and goes on with the certificate for it. One connection; loop thread only.
final class HostChoice extends AbstractSniHandler<TlsEntrance> {
  /// A fatal alert: unrecognized name (RFC 6066 section 3).
  private static final byte[] UNRECOGNIZED_NAME = {0x15, 3, 3, 0, 2, 2, 112};

  private final TlsDoor door;
  private final String next;

  /// @param next the stage that follows TLS
  HostChoice(TlsDoor door, String next) {
    super(0); // CONNECT must come in time; that has a clock already.
    this.door = door;
    this.next = next;
  }

  @Override
  protected Future<TlsEntrance> lookup(ChannelHandlerContext context, @Nullable String host) {
    TlsEntrance entrance = door.entrance(host);
    return entrance == null
        ? context.executor().newFailedFuture(new IllegalArgumentException("no such host"))
        : context.executor().newSucceededFuture(entrance);
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext context, @Nullable String host, Future<TlsEntrance> found) {
    if (found.isSuccess()) {
      found.getNow().addBefore(context.pipeline(), next, context.alloc());
    } else {
      context.pipeline().remove(FirstBytes.class); // What came is not what TLS carries.
      context.fireUserEventTriggered(
          new TransportEvent.Refused(
              ReasonCode.NOT_AUTHORIZED,
              host == null ? "no server name" : "another server name",
              () -> Unpooled.wrappedBuffer(UNRECOGNIZED_NAME)));
    }
    context.pipeline().remove(this); // What came goes on to the next stage.
  }
}
