package dev.midge.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/// Waits for the first bytes of a connection, or of what its TLS carries, to tell what the client
/// speaks; then it makes room for the stages that do, and costs nothing more. One connection; loop
/// thread only.
final class FirstBytes extends ByteToMessageDecoder {
  /// Decides what follows.
  interface Next {
    /// Adds the stages for what the client speaks, or has it turned away.
    ///
    /// @param first what came so far, to be looked at only
    void spoken(ChannelHandlerContext context, Protocol protocol, ByteBuf first);
  }

  private final Next next;

  FirstBytes(Next next) {
    this.next = next;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    Protocol protocol = Protocol.of(in);
    if (protocol != null) {
      next.spoken(context, protocol, in);
      context.pipeline().remove(this); // What came goes on to the next stage.
    }
  }
}
