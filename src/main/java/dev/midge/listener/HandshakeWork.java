package dev.midge.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Has the work of a TLS handshake that would hold up the loop done aside. It stands before the
/// stage that speaks TLS, which would forget what a client has sent that leaves meanwhile: such a
/// connection is closed when the work is done. One connection; loop thread only.
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class HandshakeWork extends ChannelInboundHandlerAdapter implements Executor {
  private final Executor aside;
  private @Nullable ChannelHandlerContext context;

  /// How many tasks are not done, or are and their outcome has not been dealt with.
  private int underWay;

  /// Whether the client has left while there was one.
  private boolean isFinished;

  /// @param aside does the tasks
  HandshakeWork(Executor aside) {
    this.aside = aside;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    added.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
  }

  @Override
  public void execute(Runnable task) {
    ChannelHandlerContext here = context;
    if (here == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    underWay++;
    aside.execute(() -> {
      try {
        task.run(); // Has its outcome dealt with on the loop, before what follows.
      } finally {
        here.executor().execute(() -> done(here));
      }
    });
  }

  private void done(ChannelHandlerContext here) {
    if (--underWay == 0 && isFinished) {
      here.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext here, Object event) {
    if (event != ChannelInputShutdownEvent.INSTANCE) {
      here.fireUserEventTriggered(event);
    } else if (underWay > 0) {
      isFinished = true;
    } else {
      here.close();
    }
  }
}
