package dev.midge.listener;

import dev.midge.certs.Credential;
import dev.midge.certs.TlsChallenges;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// Tells an authority that looks whether a host is ours from all other clients, and shows it the
/// proof (RFC 8737). In a pipeline only while an order is under way; one connection, loop thread
/// only.
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class ProofStage extends SslClientHelloHandler<Optional<SslContext>> {
  private final TlsChallenges challenges;

  ProofStage(TlsChallenges challenges) {
    this.challenges = challenges;
  }

  @Override
  protected Future<Optional<SslContext>> lookup(ChannelHandlerContext context, ByteBuf hello) {
    Optional<Credential> proof = challenges.proof();
    // Without a message of the right kind there is no buffer at all.
    boolean isAsked =
        hello != null && ClientHello.protocols(hello).equals(List.of(TlsChallenges.PROTOCOL));
    if (!isAsked || proof.isEmpty()) {
      return context.executor().newSucceededFuture(Optional.empty());
    }
    Promise<Optional<SslContext>> made = context.executor().newPromise();
    Thread.ofVirtual().start(() -> make(proof.get(), made));
    return made;
  }

  @Override
  protected void onLookupComplete(
      ChannelHandlerContext context, Future<Optional<SslContext>> made) {
    if (context.isRemoved()) {
      return;
    }
    if (!made.isSuccess()) {
      context.fireExceptionCaught(made.cause());
      return;
    }
    made.getNow()
        .ifPresent(proof -> {
          context.pipeline().addAfter(context.name(), "proof-end", new End());
          context.pipeline().addAfter(context.name(), "proof", proof.newHandler(context.alloc()));
        });
    context.pipeline().remove(this); // What came goes on to the next stage.
  }

  /// Ends the connection when the proof was shown: nothing else is said in it.
  private static final class End extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent) {
        context.close();
      }
    }
  }

  private static void make(Credential proof, Promise<Optional<SslContext>> made) {
    try {
      made.setSuccess(
          Optional.of(
              SslContextBuilder.forServer(proof.key(), proof.chain())
                  .sslProvider(SslProvider.JDK)
                  .applicationProtocolConfig(
                      new ApplicationProtocolConfig(
                          Protocol.ALPN,
                          SelectorFailureBehavior.NO_ADVERTISE,
                          SelectedListenerFailureBehavior.ACCEPT,
                          TlsChallenges.PROTOCOL))
                  .build()));
    } catch (SSLException e) {
      made.setFailure(e);
    }
  }
}
