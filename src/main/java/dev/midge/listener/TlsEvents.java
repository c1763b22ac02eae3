package dev.midge.listener;

import dev.midge.certs.ClientTrust;
import dev.midge.packet.ReasonCode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.channels.ClosedChannelException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/// Tells the wire what came of TLS: who the client is, why it was not let in, that it has said its
/// last. What breaks in TLS is the other side's doing and costs its connection only.
final class TlsEvents extends ChannelInboundHandlerAdapter {
  private final @Nullable ClientTrust clients;
  private final boolean isOptional;

  /// @param clients who judges the certificates of clients, or null if they need none
  /// @param isOptional whether a client may have none all the same
  TlsEvents(@Nullable ClientTrust clients, boolean isOptional) {
    this.clients = clients;
    this.isOptional = isOptional;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    switch (event) {
      case SslHandshakeCompletionEvent done when done.isSuccess() -> identify(context);
      case SslHandshakeCompletionEvent failed -> refuse(context, reason(failed.cause()));
      case SslCloseCompletionEvent _ ->
          context.fireUserEventTriggered(new NettyWire.TransportFinished());
      default -> context.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof SSLException
        || (cause instanceof DecoderException && cause.getCause() instanceof SSLException)) {
      refuse(context, reason(cause));
    } else {
      context.fireExceptionCaught(cause);
    }
  }

  /// Asks again who the client is: where an earlier handshake is resumed, nobody has yet.
  private void identify(ChannelHandlerContext context) {
    if (clients == null) {
      return;
    }
    List<X509Certificate> shown = certificates(context.pipeline().get(SslHandler.class));
    if (shown.isEmpty() && isOptional) {
      return;
    }
    try {
      String name = clients.check(shown);
      context.fireUserEventTriggered(new NettyWire.TransportIdentified(name));
    } catch (CertificateException refused) {
      refuse(context, String.valueOf(refused.getMessage()));
    }
  }

  private static List<X509Certificate> certificates(SslHandler tls) {
    try {
      Certificate[] chain = tls.engine().getSession().getPeerCertificates();
      return Stream.of(chain).map(X509Certificate.class::cast).toList();
    } catch (SSLPeerUnverifiedException none) {
      return List.of();
    }
  }

  private static void refuse(ChannelHandlerContext context, String reason) {
    context.fireUserEventTriggered(
        new NettyWire.TransportRefused(ReasonCode.NOT_AUTHORIZED, reason, null));
  }

  /// Why TLS failed, in a clause.
  private static String reason(@Nullable Throwable cause) {
    Throwable last = cause;
    for (Throwable next = cause; next != null; next = next.getCause()) {
      switch (next) {
        case CertificateException refused -> {
          return String.valueOf(refused.getMessage());
        }
        case NotSslRecordException _ -> {
          return "this is not TLS";
        }
        case ClosedChannelException _ -> {
          return "closed in the TLS handshake";
        }
        default -> last = next;
      }
    }
    String words = last == null ? "" : String.valueOf(last.getMessage());
    return words.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE") || words.contains("Empty client")
        ? "there is no client certificate"
        : "TLS failed: " + words;
  }
}
