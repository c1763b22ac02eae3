package dev.midge.listener;

import dev.midge.certs.ClientRefusal;
import dev.midge.certs.ClientTrust;
import dev.midge.certs.RefusalJournal;
import dev.midge.certs.RefusedCertificate;
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
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// Tells the wire what came of TLS: who the client is, why it was not let in, that it has said its
/// last. What breaks in TLS is the other side's doing and costs its connection only.
final class TlsEvents extends ChannelInboundHandlerAdapter {
  private final Supplier<@Nullable ClientTrust> trust;
  private final boolean isOptional;
  private final RefusalJournal journal;
  private boolean isRefused;

  /// @param trust who judges the certificates of clients when a handshake is done, or null if they
  ///   need none
  /// @param isOptional whether a client may have none all the same
  /// @param journal who is told of those that are not good
  TlsEvents(Supplier<@Nullable ClientTrust> trust, boolean isOptional, RefusalJournal journal) {
    this.isOptional = isOptional;
    this.journal = journal;
    this.trust = trust;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    switch (event) {
      case SslHandshakeCompletionEvent done when done.isSuccess() -> {
        tell(context);
        identify(context);
        context.fireUserEventTriggered(event);
      }
      case SslHandshakeCompletionEvent failed -> {
        if (!Visit.of(context.channel()).isOwn()) {
          journal.broken(refusal(failed.cause()).detail());
        }
        refuse(context, failed.cause());
      }
      case SslCloseCompletionEvent _ ->
          context.fireUserEventTriggered(new TransportEvent.Finished());
      default -> context.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof SSLException
        || (cause instanceof DecoderException && cause.getCause() instanceof SSLException)) {
      refuse(context, cause);
    } else {
      context.fireExceptionCaught(cause);
    }
  }

  private void tell(ChannelHandlerContext context) {
    if (!Visit.of(context.channel()).isOwn()) {
      SSLSession session = context.pipeline().get(SslHandler.class).engine().getSession();
      journal.shaken(session.getProtocol(), session.getCipherSuite());
    }
  }

  /// Asks again who the client is: where an earlier handshake is resumed, nobody has yet.
  private void identify(ChannelHandlerContext context) {
    ClientTrust clients = trust.get();
    if (clients == null) {
      return;
    }
    List<X509Certificate> shown = certificates(context.pipeline().get(SslHandler.class));
    if (shown.isEmpty() && isOptional) {
      return;
    }
    try {
      String name = clients.check(shown);
      context.fireUserEventTriggered(new TransportEvent.Identified(name));
    } catch (CertificateException refused) {
      refuse(context, refused);
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

  private void refuse(ChannelHandlerContext context, Throwable cause) {
    Refusal refusal = refusal(cause);
    boolean isClient = !Visit.of(context.channel()).isOwn();
    if (refusal.reason() != null && !isRefused && isClient) {
      isRefused = true; // What breaks a handshake comes as an event and as an exception.
      journal.refused(Visit.text(context.channel()), refusal.reason(), refusal.detail());
    }
    context.fireUserEventTriggered(
        new TransportEvent.Refused(ReasonCode.NOT_AUTHORIZED, refusal.detail(), null));
  }

  /// Why TLS failed.
  ///
  /// @param reason what is wrong with the client's certificate, or null if it is something else
  /// @param detail in a clause
  private record Refusal(@Nullable ClientRefusal reason, String detail) {}

  private static Refusal refusal(Throwable cause) {
    Throwable last = cause;
    for (Throwable next = cause; next != null; next = next.getCause()) {
      switch (next) {
        case RefusedCertificate refused -> {
          return new Refusal(refused.reason(), String.valueOf(refused.getMessage()));
        }
        case CertificateException failed -> {
          return new Refusal(ClientRefusal.UNDECIDED, String.valueOf(failed.getMessage()));
        }
        case NotSslRecordException _ -> {
          return new Refusal(null, "this is not TLS");
        }
        case ClosedChannelException _ -> {
          return new Refusal(null, "closed in the TLS handshake");
        }
        default -> last = next;
      }
    }
    String words = String.valueOf(last.getMessage());
    return words.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE") || words.contains("Empty client")
        ? new Refusal(ClientRefusal.NONE, "there is no client certificate")
        : new Refusal(null, "TLS failed: " + words);
  }
}
