package dev.midge.listener;

import dev.midge.limit.Counts;
import dev.midge.limit.Rates;
import dev.midge.limit.Source;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/// The stages of a pipeline that speak HTTP/1.1 or HTTP/2 and let the site answer. All connections
/// of one listener share them, and what an address may have of it. Any thread.
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class HttpStages {
  private static final int BURST_SECONDS = 10;

  private final Site site;
  private final HttpSpec limits;
  private final Counts connections;
  private final Rates requests;

  HttpStages(Site site, HttpSpec limits) {
    this.site = site;
    this.limits = limits;
    this.connections = new Counts(limits.connectionsPerAddress());
    this.requests =
        new Rates(
            (long) limits.requestsPerSecond() * BURST_SECONDS, Duration.ofSeconds(BURST_SECONDS));
  }

  /// Adds the stages to the end of a pipeline. What comes to them must be HTTP in the clear, from
  /// its first byte; a connection too many for its address is closed. Loop thread of the channel
  /// only.
  ///
  /// @param isHttp2 whether client and server have agreed on HTTP/2
  void addTo(Channel channel, boolean isTls, boolean isHttp2) {
    InetSocketAddress remote = Visit.client(channel);
    if (remote == null) {
      channel.close(); // It has gone already.
      return;
    }
    InetAddress client = remote.getAddress();
    Source source = Source.of(client);
    if (isLimited(source)) {
      if (!connections.enter(source)) {
        channel.close();
        return;
      }
      channel.closeFuture().addListener(_ -> connections.leave(source));
    }
    ChannelPipeline pipeline = channel.pipeline();
    if (isHttp2) {
      pipeline.addLast(Http2Conversation.stages(this, client, isTls));
      return;
    }
    pipeline.addLast(
        new HttpRequests.Decoder(),
        new HttpResponseEncoder(),
        new HttpRequests.Aggregator(),
        new HttpConversation(this, client, isTls));
  }

  /// Who answers.
  Site site() {
    return site;
  }

  /// How much there is for those who ask.
  HttpSpec limits() {
    return limits;
  }

  /// Counts a request of this source: zero if it may be answered, or how long it has to wait.
  Duration take(Source source) {
    return isLimited(source) ? requests.take(source) : Duration.ZERO;
  }

  private boolean isLimited(Source source) {
    return limits.limitsLocal() || !source.isLocal();
  }
}
