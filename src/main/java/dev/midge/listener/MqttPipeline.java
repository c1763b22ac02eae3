package dev.midge.listener;

import dev.midge.broker.BrokerLoop;
import dev.midge.broker.Counter;
import dev.midge.certs.Fault;
import dev.midge.limit.Addresses;
import dev.midge.packet.ReasonCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Builds the pipeline of each connection of one listener: the wire at its end, and before it, once
/// the first bytes tell that the client speaks what the listener does, the stages that this needs.
/// What speaks something else is told so and counted; what is too much for the listener is closed
/// before anything is read.
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class MqttPipeline {
  private static final String WIRE = "wire";
  private static final String HANDSHAKE = "handshake";
  private static final String CARRIED = "carried";
  private static final String HTTP_2 = "h2";

  /// A fatal alert: it is not the client's fault (RFC 8446 section 6.2).
  private static final byte[] INTERNAL_ERROR = {0x15, 3, 3, 0, 2, 2, 80};

  private static final int REQUEST_LINE_BYTES_MAX = 4096;
  private static final int HEADERS_BYTES_MAX = 8192;
  private static final int BODY_BYTES_MAX = 1024;

  private final NettyLoops loops;
  private final Addresses addresses;
  private final @Nullable ProxyDoor proxy;
  private final ListenerSpec spec;
  private final @Nullable TlsDoor tls;
  private final Handshakes handshakes;
  private final Probes probes;
  private final HttpStages site;
  private final Directions directions;

  /// @param addresses who has how much
  /// @param proxy how connections begin that come from a proxy, or null
  /// @param tls how connections begin, or null without TLS
  /// @param handshakes those of all listeners
  /// @param probes which connections the server opened
  /// @param site what answers HTTP that does not become a WebSocket
  /// @param directions where else clients may go
  MqttPipeline(
      NettyLoops loops,
      Addresses addresses,
      @Nullable ProxyDoor proxy,
      ListenerSpec spec,
      @Nullable TlsDoor tls,
      Handshakes handshakes,
      Probes probes,
      HttpStages site,
      Directions directions) {
    this.site = site;
    this.addresses = addresses;
    this.proxy = proxy;
    this.handshakes = handshakes;
    this.probes = probes;
    this.tls = tls;
    this.loops = loops;
    this.spec = spec;
    this.directions = directions;
  }

  /// A connection was accepted.
  ///
  /// @param connections how many there are without it
  void begin(Channel channel, AtomicInteger connections) {
    if (connections.incrementAndGet() > spec.connectionsMax()) {
      connections.decrementAndGet();
      loops.of(channel).broker().count(Counter.CONNECTIONS_TURNED_AWAY);
      channel.close();
      return;
    }
    if (Visit.of(channel).isOwn()) {
      connections.decrementAndGet();
    } else {
      channel.closeFuture().addListener(_ -> connections.decrementAndGet());
    }
    if (proxy != null && proxy.readsHeader() && proxy.isProxy(channel) && !probes.opened(channel)) {
      proxy.awaitHeader(channel, spec.limits().connectSecondsMax(), this::begin);
    } else {
      begin(channel);
    }
  }

  private void begin(Channel channel) {
    if (spec.transport().isHttp() || spec.expect().fault() != Fault.NONE) {
      Visit.of(channel).welcome(); // Who leaves without a word has done nothing wrong there.
    }
    channel.pipeline().addLast(new FirstBytes(tls == null ? this::carried : this::outermost));
    channel.pipeline().addLast(WIRE, wire(channel));
  }

  private NettyWire wire(Channel channel) {
    return new NettyWire(
        loops,
        loops.of(channel),
        channel,
        spec.limits(),
        Visit.of(channel),
        pace(channel),
        addresses);
  }

  private @Nullable Pace pace(Channel channel) {
    return Pace.of(
        spec.traffic(),
        spec.slowedSecondsMax(),
        addresses,
        Visit.of(channel).address().source(),
        loops.bytesOut());
  }

  /// Whether the client may come in that a proxy names in the request for a WebSocket.
  private boolean admits(ChannelHandlerContext context, List<String> forwardedFor) {
    if (proxy != null && !proxy.admitsForwarded(context.channel(), forwardedFor)) {
      return false;
    }
    if (proxy != null) {
      context.fireUserEventTriggered(new TransportEvent.Behind(pace(context.channel())));
    }
    return true;
  }

  /// A client of a listener with TLS has begun to speak.
  private void outermost(ChannelHandlerContext context, Protocol protocol, ByteBuf first) {
    if (tls == null || protocol != Protocol.TLS) {
      stray(context, protocol, first);
      return;
    }
    ChannelPipeline pipeline = context.pipeline();
    BrokerLoop loop = loops.of(context.channel()).broker();
    Handshakes.Stage handshake = handshakes.begin(context.channel(), loop);
    if (handshake == null) {
      context.fireUserEventTriggered(
          new TransportEvent.Refused(
              ReasonCode.SERVER_BUSY,
              "too many TLS handshakes",
              () -> Unpooled.wrappedBuffer(INTERNAL_ERROR)));
      return;
    }
    pipeline.addBefore(WIRE, HANDSHAKE, handshake);
    pipeline.addBefore(WIRE, CARRIED, new FirstBytes(this::carried));
    tls.addBefore(pipeline, HANDSHAKE, context.alloc());
  }

  /// A client has begun to speak, within TLS if there is any.
  private void carried(ChannelHandlerContext context, Protocol protocol, ByteBuf first) {
    Transport transport = spec.transport();
    boolean mayBeMqtt =
        (transport == Transport.TCP || transport == Transport.EVERYTHING)
            && !hasAgreedOn(context, "h");
    boolean mayBeHttp = transport != Transport.TCP && !hasAgreedOn(context, "m", "x-");
    if (protocol == Protocol.TLS
        || (protocol == Protocol.MQTT && !mayBeMqtt)
        || (protocol == Protocol.HTTP && !mayBeHttp)) {
      stray(context, protocol, first);
    } else if (protocol == Protocol.HTTP || !mayBeMqtt) {
      if (transport.isHttp() || hasAgreedOn(context, HTTP_2)) {
        addSite(context);
      } else if (transport == Transport.EVERYTHING) {
        context.pipeline().addBefore(WIRE, null, new RequestHead(this::asked));
      } else {
        addWebSocket(context);
      }
    }
  }

  /// The head of the first request of a client says what it wants.
  private void asked(ChannelHandlerContext context, boolean wantsWebSocket) {
    if (wantsWebSocket) {
      addWebSocket(context);
    } else {
      addSite(context);
    }
  }

  /// Hands the connection over to the web site.
  private void addSite(ChannelHandlerContext context) {
    context.fireUserEventTriggered(new TransportEvent.HandedOver());
    context.pipeline().remove(WIRE);
    site.addTo(context.channel(), tls != null, hasAgreedOn(context, HTTP_2));
  }

  private void addWebSocket(ChannelHandlerContext context) {
    context
        .pipeline()
        .addBefore(
            WIRE,
            null,
            new HttpServerCodec(REQUEST_LINE_BYTES_MAX, HEADERS_BYTES_MAX, BODY_BYTES_MAX))
        .addBefore(WIRE, null, new HttpObjectAggregator(BODY_BYTES_MAX))
        .addBefore(
            WIRE,
            null,
            new WebSocketUpgrade(
                spec.websocketPaths(), frameBounds(context.channel()), this::admits))
        .addBefore(WIRE, null, new WebSocketFrames());
    context.fireUserEventTriggered(
        new TransportEvent.Framed(
            () -> new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE)));
  }

  private FrameBounds frameBounds(Channel channel) {
    return new FrameBounds(
        spec.limits().packetBytesMax(),
        spec.controlFramesPerSecondMax(),
        () -> loops.of(channel).broker().count(Counter.WEBSOCKETS_OVER_RATE));
  }

  /// Says to the client, in its own language, where it is and where it may want to be, and ends the
  /// connection.
  private void stray(ChannelHandlerContext context, Protocol protocol, ByteBuf first) {
    loops.of(context.channel()).broker().count(kind(protocol));
    String what = Directions.what(spec.transport(), tls != null);
    String plain = context.pipeline().get(TlsEntrance.STAGE) == null && tls != null ? "plain " : "";
    String sentences =
        "This port speaks "
            + what
            + ", not "
            + plain
            + protocol
            + ". "
            + (protocol == Protocol.HTTP
                ? directions.to(Transport.WEBSOCKET) + directions.toSite()
                : directions.to(Transport.TCP));
    ByteBuf answer = StrayAnswer.to(protocol, first, sentences.strip());
    context.fireUserEventTriggered(
        new TransportEvent.Refused(
            ReasonCode.PROTOCOL_ERROR,
            protocol + " on a port for " + what,
            answer == null ? null : () -> answer));
  }

  private static Counter kind(Protocol protocol) {
    return switch (protocol) {
      case HTTP -> Counter.STRAYS_OF_HTTP;
      case TLS -> Counter.STRAYS_OF_TLS;
      case MQTT -> Counter.STRAYS_OF_MQTT;
      case OTHER -> Counter.STRAYS_OF_NOTHING_KNOWN;
    };
  }

  /// Whether client and server have agreed in their TLS handshake (ALPN) on one of these: their
  /// names begin so.
  private static boolean hasAgreedOn(ChannelHandlerContext context, String... beginnings) {
    SslHandler tls = context.pipeline().get(SslHandler.class);
    String agreed = tls == null ? null : tls.applicationProtocol();
    return agreed != null && Stream.of(beginnings).anyMatch(agreed::startsWith);
  }
}
