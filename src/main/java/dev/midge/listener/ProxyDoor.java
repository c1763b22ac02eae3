package dev.midge.listener;

import dev.midge.broker.Counter;
import dev.midge.limit.Addresses;
import dev.midge.limit.Admission;
import dev.midge.limit.Networks;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.ProtocolDetectionState;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol.AddressFamily;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How a connection begins that comes from a proxy: its client is asked for at the address that the
/// proxy says, as if it had come from there. What is no proxy, and says the same, is not believed.
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class ProxyDoor {
  /// An address of IPv6 in brackets, or one of IPv4, and perhaps a port.
  private static final Pattern NAMED =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([0-9.]+))(?::([0-9]{1,5}))?");

  private final ProxySpec spec;
  private final Addresses addresses;
  private final NettyLoops loops;

  ProxyDoor(ProxySpec spec, Addresses addresses, NettyLoops loops) {
    this.spec = spec;
    this.addresses = addresses;
    this.loops = loops;
  }

  /// Whether a proxy is at the other end of this channel.
  boolean isProxy(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress remote
        && spec.peers().contains(remote.getAddress());
  }

  /// Whether the connection of a proxy begins with a header.
  boolean readsHeader() {
    return spec.by() == ProxySpec.By.PROXY_PROTOCOL;
  }

  /// Waits for the header, and lets the connection begin after it, or ends it.
  ///
  /// @param seconds how long the header may take
  /// @param begin adds what follows to the pipeline
  void awaitHeader(Channel channel, int seconds, Consumer<Channel> begin) {
    Future<?> patience =
        channel.eventLoop().schedule(() -> channel.close(), seconds, TimeUnit.SECONDS);
    channel.closeFuture().addListener(_ -> patience.cancel(false));
    channel
        .pipeline()
        .addLast(
            new HeaderReader(),
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object received) {
                try {
                  // What follows a header whose client may not come in is not for anybody.
                  if (received instanceof HAProxyMessage header
                      && admits(channel, client(header))) {
                    patience.cancel(false);
                    begin.accept(channel);
                    context.pipeline().remove(this);
                  }
                } finally {
                  ReferenceCountUtil.release(received);
                }
              }

              @Override
              public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                loops.of(channel).broker().count(Counter.PROXY_HEADERS_BROKEN);
                channel.close();
              }
            });
  }

  /// Whether the client may come in that the proxy names in `X-Forwarded-For`: the last one in the
  /// list that is no proxy itself. If there is none, or it cannot be read, the proxy counts itself.
  ///
  /// @param fields all fields of that name, in their order
  boolean admitsForwarded(Channel channel, List<String> fields) {
    if (spec.by() != ProxySpec.By.X_FORWARDED_FOR || !isProxy(channel)) {
      return true;
    }
    String[] names = String.join(",", fields).split(",", -1);
    for (int i = names.length - 1; i >= 0; i--) {
      InetSocketAddress named = named(names[i].strip());
      if (named == null) {
        break;
      }
      if (!spec.peers().contains(named.getAddress())) {
        return admits(channel, named);
      }
    }
    // Nobody else is named that could be held to anything.
    return !(channel.remoteAddress() instanceof InetSocketAddress proxy) || admits(channel, proxy);
  }

  /// What stands in a list of addresses, or null if it is none: some proxies add the port, and
  /// brackets to an address of IPv6.
  private static @Nullable InetSocketAddress named(String text) {
    Matcher matcher = NAMED.matcher(text);
    String address = text;
    int port = 0;
    if (matcher.matches()) {
      address = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
      port = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
    }
    InetAddress parsed = Networks.address(address);
    return parsed == null || port > 65_535 ? null : new InetSocketAddress(parsed, port);
  }

  /// What the proxy does for itself, such as to see whether we are there, is the proxy's.
  private boolean admits(Channel channel, @Nullable InetSocketAddress client) {
    if (client == null) {
      return true;
    }
    Admission admission = Visit.of(channel).comesFrom(client, addresses);
    if (admission == Admission.ADMITTED) {
      return true;
    }
    loops.of(channel).broker().count(AcceptGate.counter(admission));
    if (readsHeader()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.close();
    }
    return false;
  }

  private static @Nullable InetSocketAddress client(HAProxyMessage header) {
    AddressFamily family = header.proxiedProtocol().addressFamily();
    if (header.command() == HAProxyCommand.LOCAL
        || (family != AddressFamily.AF_IPv4 && family != AddressFamily.AF_IPv6)) {
      return null;
    }
    InetAddress address = Networks.address(header.sourceAddress());
    return address == null ? null : new InetSocketAddress(address, header.sourcePort());
  }

  /// Reads a header, and does not wait for the end of one that cannot be one.
  private static final class HeaderReader extends HAProxyMessageDecoder {
    @Override
    public void channelRead(ChannelHandlerContext context, Object received) throws Exception {
      if (received instanceof ByteBuf bytes
          && detectProtocol(bytes).state() == ProtocolDetectionState.INVALID
          && actualReadableBytes() == 0) {
        bytes.release();
        throw new HAProxyProtocolException("no header");
      }
      super.channelRead(context, received);
    }
  }
}
