package dev.midge.listener;

import dev.midge.broker.BrokerLoop;
import dev.midge.broker.Counter;
import dev.midge.limit.CommonBucket;
import dev.midge.limit.Counts;
import dev.midge.limit.Source;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The TLS handshakes that are under way on all listeners. A handshake costs the server far more
/// than the client, in memory and in time, and one that is never finished costs it for as long as
/// CONNECT may take: so there are no more at once than the server has room for, no more begin in a
/// time than it may have begin, and one address has a part of those at once only. Any thread.
final class Handshakes {
  private final int max;
  private final Counts far;
  private final Counts near;
  private final AtomicInteger pending = new AtomicInteger();
  private final CommonBucket begun;
  private final LongSupplier nanoClock;

  /// @param nanoClock tells the time that rates are counted by
  Handshakes(HandshakeBounds bounds, LongSupplier nanoClock) {
    this.begun = new CommonBucket(bounds.begun());
    this.nanoClock = nanoClock;
    this.max = bounds.max();
    this.far = new Counts(bounds.perAddressMax());
    this.near = new Counts(bounds.perLocalAddressMax());
  }

  /// How many are under way.
  int pending() {
    return pending.get();
  }

  /// Counts one more, if there may be one.
  ///
  /// @param loop counts those that are refused
  /// @return the stage that sees its end, for the place right after TLS; or null if there are too
  ///   many, and nothing is to be made for this client
  @Nullable Stage begin(Channel channel, BrokerLoop loop) {
    InetSocketAddress remote = Visit.client(channel);
    if (remote == null) {
      return null; // It has gone already.
    }
    Source source = Source.of(remote.getAddress());
    Counts counts = source.isLocal() ? near : far;
    if (!counts.enter(source)) {
      loop.count(Counter.HANDSHAKES_TURNED_AWAY);
      return null;
    }
    Stage stage = new Stage(counts, source);
    if (pending.incrementAndGet() > max) {
      loop.count(Counter.HANDSHAKES_TURNED_AWAY);
    } else if (!Visit.of(channel).isOwn() && !begun.take(nanoClock.getAsLong())) {
      loop.count(Counter.HANDSHAKES_OVER_RATE);
    } else {
      return stage;
    }
    stage.end();
    return null;
  }

  /// One handshake, from the first message of the client until it is done or the connection is
  /// closed. One connection; loop thread only.
  final class Stage extends ChannelInboundHandlerAdapter {
    private final Counts counts;
    private final Source source;

    private Stage(Counts counts, Source source) {
      this.counts = counts;
      this.source = source;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent done && done.isSuccess()) {
        context.pipeline().remove(this);
      }
      context.fireUserEventTriggered(event);
    }

    /// Its place in the pipeline is given up when the handshake is done, and when the channel is.
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
      end();
    }

    private void end() {
      pending.decrementAndGet();
      counts.leave(source); // Last: whoever comes in its place finds it gone.
    }
  }
}
