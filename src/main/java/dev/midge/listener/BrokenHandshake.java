package dev.midge.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;

/// Breaks a TLS handshake on purpose: half of the server's first answer is sent, and then nothing
/// more, or the end. Nearer to the network than TLS itself. One connection; loop thread only.
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class BrokenHandshake extends ChannelOutboundHandlerAdapter {
  private final boolean closes;
  private boolean hasBegun;

  BrokenHandshake(boolean closes) {
    this.closes = closes;
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (!hasBegun && message instanceof ByteBuf bytes && bytes.isReadable()) {
      hasBegun = true;
      context.write(bytes.readRetainedSlice(bytes.readableBytes() / 2));
      if (closes) {
        context.flush();
        context.close();
      }
    }
    ReferenceCountUtil.release(message);
    promise.trySuccess(); // Who wrote it is not to know.
  }
}
