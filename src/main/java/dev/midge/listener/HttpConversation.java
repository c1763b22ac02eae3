package dev.midge.listener;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.limit.Source;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// One connection that speaks HTTP/1.1, or one stream of one that speaks HTTP/2: hands its requests
/// to the site, one at a time, and writes what comes back. Loop thread only; the site works on
/// virtual threads.
///
/// Whoever is too slow is closed: there is a time for a request to be complete, counted from the
/// answer before, and the same time for an answer to be taken.
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class HttpConversation extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = Logger.getLogger("dev.midge.web");
  private static final int HEADERS_MAX = 64;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /// Browsers do not send a request before the answer to the one before; few others send many.
  private static final int WAITING_MAX = 16;

  private final HttpStages stages;
  private final InetAddress client;
  private final Source source;
  private final boolean isTls;
  private final Queue<FullHttpRequest> waiting = new ArrayDeque<>();
  private @Nullable ScheduledFuture<?> deadline;
  private boolean isAnswering;
  private boolean isLeaving;

  HttpConversation(HttpStages stages, InetAddress client, boolean isTls) {
    this.stages = stages;
    this.client = client;
    this.source = Source.of(client);
    this.isTls = isTls;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    expect(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    handlerRemoved(context);
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    isLeaving = true;
    if (deadline != null) {
      deadline.cancel(false);
    }
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (isLeaving || !(message instanceof FullHttpRequest request)) {
      ReferenceCountUtil.release(message);
    } else if (!isAnswering) {
      take(context, request);
    } else if (waiting.size() < WAITING_MAX) {
      waiting.add(request);
      context.channel().config().setAutoRead(false);
    } else {
      request.release();
      context.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    switch (event) {
      case HttpRequests.TooLong _ ->
          refuse(
              context,
              HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
              "A body has at most " + (HttpSpec.BODY_BYTES_MAX >> 10) + " KiB.");
      case TransportEvent.Refused _, TransportEvent.Finished _ -> context.close();
      default -> context.fireUserEventTriggered(event);
    }
  }

  /// What breaks is the other side's doing, or the network's, and costs this connection only.
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debugf(cause, "a connection of %s broke", client);
    context.close();
  }

  private void take(ChannelHandlerContext context, FullHttpRequest message) {
    try {
      HttpResponseStatus status = fault(message);
      if (status != null) {
        refuse(context, status, sentence(status));
        return;
      }
      boolean isKept = HttpUtil.isKeepAlive(message);
      Request request = request(message);
      Duration wait = stages.take(source);
      isAnswering = true;
      expect(context);
      if (wait.isPositive()) {
        write(context, busy(wait), request.method(), isKept);
      } else {
        answer(context, request, isKept);
      }
    } finally {
      message.release();
    }
  }

  private void answer(ChannelHandlerContext context, Request request, boolean isKept) {
    Thread.ofVirtual()
        .start(() -> {
          Answer answer;
          try {
            answer = stages.site().answer(request);
          } catch (RuntimeException | StackOverflowError e) {
            LOG.errorf(e, "no answer to %s %s", request.method(), request.path());
            answer = text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "This is our mistake.");
          }
          Answer known = answer;
          context.executor().execute(() -> write(context, known, request.method(), isKept));
        });
  }

  private void write(ChannelHandlerContext context, Answer answer, String method, boolean isKept) {
    if (isLeaving) {
      return;
    }
    expect(context);
    send(context, answer, method, isKept)
        .addListener(sent -> {
          if (!isKept || !sent.isSuccess()) {
            leave(context);
          } else if (!isLeaving) {
            next(context);
          }
        });
  }

  private void next(ChannelHandlerContext context) {
    isAnswering = false;
    expect(context);
    FullHttpRequest request = waiting.poll();
    if (request != null) {
      take(context, request);
    } else {
      context.channel().config().setAutoRead(true);
    }
  }

  /// Answers what is no proper request, and ends the connection: what follows it is anybody's
  /// guess.
  private void refuse(ChannelHandlerContext context, HttpResponseStatus status, String sentence) {
    if (!isLeaving) {
      send(context, text(status, sentence), HttpMethod.GET.name(), false)
          .addListener(_ -> leave(context));
      isLeaving = true;
    }
  }

  private static ChannelFuture send(
      ChannelHandlerContext context, Answer answer, String method, boolean isKept) {
    byte[] body = answer.body();
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            method.equals("HEAD") ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
    HttpHeaders headers = response.headers();
    answer.headers().forEach(headers::set);
    headers.set(HttpHeaderNames.DATE, DATE.format(Instant.now()));
    if (answer.status() != HttpResponseStatus.NOT_MODIFIED.code()
        && answer.status() != HttpResponseStatus.NO_CONTENT.code()) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length);
    }
    HttpUtil.setKeepAlive(response, isKept);
    return context.writeAndFlush(response);
  }

  /// Ends the connection. Where the other side may still be sending, it is listened to for a while:
  /// a reset could overtake the answer.
  private void leave(ChannelHandlerContext context) {
    isLeaving = true;
    if (isTls || !(context.channel() instanceof DuplexChannel channel) || !channel.isActive()) {
      context.close();
      return;
    }
    context.channel().config().setAutoRead(true);
    channel.shutdownOutput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    expect(context);
  }

  /// Waits for the other side, for as long as it may take.
  private void expect(ChannelHandlerContext context) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    deadline =
        context
            .executor()
            .schedule(
                () -> {
                  context.close();
                },
                stages.limits().requestSeconds(),
                TimeUnit.SECONDS);
  }

  private Request request(FullHttpRequest message) {
    Map<String, String> headers = new HashMap<>();
    for (Map.Entry<String, String> header : message.headers()) {
      headers.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
    }
    String target = message.uri().replaceFirst("(?i)^https?://[^/?]*", "");
    int mark = target.indexOf('?');
    return new Request(
        message.method().name(),
        mark < 0 ? target : target.substring(0, mark),
        mark < 0 ? "" : target.substring(mark + 1),
        headers,
        ByteBufUtil.getBytes(message.content()),
        client,
        isTls,
        stages.limits());
  }

  /// What is wrong with a request as such, or null.
  private static @Nullable HttpResponseStatus fault(FullHttpRequest message) {
    if (!message.decoderResult().isSuccess()) {
      return switch (message.decoderResult().cause()) {
        case TooLongHttpLineException _ -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
        case TooLongHttpHeaderException _ -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
        case null, default -> HttpResponseStatus.BAD_REQUEST;
      };
    }
    if (message.protocolVersion().majorVersion() != 1) {
      return HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED;
    }
    if (message.headers().size() > HEADERS_MAX) {
      return HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
    }
    int hosts = message.headers().getAll(HttpHeaderNames.HOST).size();
    boolean needsHost = message.protocolVersion().equals(HttpVersion.HTTP_1_1);
    return hosts > 1 || (needsHost && hosts == 0) ? HttpResponseStatus.BAD_REQUEST : null;
  }

  private static String sentence(HttpResponseStatus status) {
    return switch (status.code()) {
      case 414 -> "The address is too long.";
      case 431 -> "The headers are too long, or too many.";
      case 505 -> "This port speaks HTTP/1.1, and HTTP/2 where TLS agrees on it.";
      default -> "This is no HTTP request that can be understood in one way only.";
    };
  }

  private static Answer busy(Duration wait) {
    Answer answer = text(HttpResponseStatus.TOO_MANY_REQUESTS, "Too many requests: wait a moment.");
    Map<String, String> headers = new HashMap<>(answer.headers());
    headers.put("retry-after", Long.toString(wait.toSeconds() + 1));
    return new Answer(answer.status(), headers, answer.body());
  }

  private static Answer text(HttpResponseStatus status, String sentence) {
    return new Answer(
        status.code(),
        Map.of(
            "content-type", "text/plain; charset=utf-8",
            "cache-control", "no-store",
            "x-content-type-options", "nosniff"),
        (sentence + "\n").getBytes(UTF_8));
  }
}
