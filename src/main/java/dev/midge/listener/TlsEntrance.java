package dev.midge.listener;

import dev.midge.certs.Certificates;
import dev.midge.certs.ClientTrust;
import dev.midge.certs.Credential;
import dev.midge.certs.KeyKind;
import dev.midge.certs.RefusalJournal;
import dev.midge.certs.StatusQuery;
import dev.midge.listener.TlsSpec.Clients;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.PlatformDependent;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// How connections of one listener begin that are shown one of its certificates: with TLS, and that
/// certificate as it is at the hour. Certificate and context are made when the first client says
/// hello, so that a start costs nothing for listeners that nobody uses. A new certificate is shown
/// from the next connection on, those that are open stay as they are. Any thread.
final class TlsEntrance {
  /// The name of the stage that speaks TLS.
  static final String STAGE = "tls";

  /// How the implementation is called that is always there.
  static final String JDK = "the JDK";

  static {
    // The JDK would let clients ask for a new handshake as often as they like; BoringSSL does not.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
  }

  /// What is good for connections that begin now.
  ///
  /// @param tickets by what sessions are taken up again, where the library does not see to that
  /// @param stapled the certificate, if there may be something to show with it
  private record Current(
      SslContext context,
      @Nullable ClientTrust clients,
      @Nullable TicketKeys tickets,
      @Nullable X509Certificate stapled) {}

  private final TlsSpec spec;
  private final String certificate;
  private final List<String> protocols;
  private final Certificates certificates;
  private final RefusalJournal journal;
  private final Executor aside;
  private volatile @Nullable Current current;

  /// @param certificate which of those of the listener is shown
  /// @param protocols what can be agreed on for the time after the handshake (ALPN)
  /// @param journal who is told which clients were refused for their certificates
  /// @param aside does the work of the JDK, which takes milliseconds for a handshake
  TlsEntrance(
      TlsSpec spec,
      String certificate,
      List<String> protocols,
      Certificates certificates,
      RefusalJournal journal,
      Executor aside) {
    this.aside = aside;
    this.spec = spec;
    this.certificate = certificate;
    this.protocols = protocols;
    this.journal = journal;
    this.certificates = certificates;
  }

  /// Who does the work: `BoringSSL`, or `the JDK` where there is no library of it for this machine.
  /// The library is not loaded for that: it costs memory, and nobody may ever need it.
  static String provider() {
    String library =
        "META-INF/native/libnetty_tcnative_%s_%s.so"
            .formatted(PlatformDependent.normalizedOs(), PlatformDependent.normalizedArch());
    return TlsEntrance.class.getClassLoader().getResource(library) != null ? "BoringSSL" : JDK;
  }

  /// Whether BoringSSL will not do: it takes no Ed25519 key, and asks no client for one.
  static boolean needsJdk(TlsSpec spec, KeyKind key) {
    return key == KeyKind.ED25519 || spec.clients() != Clients.NONE;
  }

  /// The name of the certificate that is shown.
  String certificate() {
    return certificate;
  }

  /// Takes the certificate anew if it is one of these. Blocks while it is made.
  synchronized void renewed(Set<String> names) {
    if (current != null && names.contains(certificate)) {
      current = load();
    }
  }

  /// Lets what clients keep of their sessions from now on be encrypted by another key.
  void rotateTicketKeys() {
    Current now = current;
    if (now != null && now.tickets() != null) {
      now.tickets().rotate();
    }
  }

  /// Adds the stages to the pipeline of a connection, before the stage with this name.
  void addBefore(ChannelPipeline pipeline, String name, ByteBufAllocator allocator) {
    Current now = current;
    if (certificates.proof().isPresent()) {
      pipeline.addBefore(name, null, new ProofStage(certificates::proof));
    }
    HandshakeWork work = null;
    if (needsJdk(spec, certificates.recipe(certificate).key())) {
      work = new HandshakeWork(aside);
      pipeline.addBefore(name, null, work);
    }
    pipeline.addBefore(
        name, STAGE, now == null ? new FirstHello(work) : handler(now, allocator, work));
    boolean isOptional = spec.clients() == Clients.OPTIONAL;
    pipeline.addBefore(name, null, new TlsEvents(this::clients, isOptional, journal));
  }

  private SslHandler handler(
      Current now, ByteBufAllocator allocator, @Nullable HandshakeWork work) {
    SslHandler handler =
        work == null
            ? now.context().newHandler(allocator)
            : now.context().newHandler(allocator, work);
    if (now.stapled() != null && handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
      certificates.staple(now.stapled(), Instant.now()).ifPresent(engine::setOcspResponse);
    }
    handler.setHandshakeTimeoutMillis(0); // CONNECT must come in time; that has a clock already.
    return handler;
  }

  private @Nullable ClientTrust clients() {
    Current now = current;
    return now == null ? null : now.clients();
  }

  /// Lets a client that comes before all is made wait for it, and lets no event loop wait.
  private final class FirstHello extends SslClientHelloHandler<Current> {
    private final @Nullable HandshakeWork work;

    /// @param work what does the handshake, if it would hold up the loop
    FirstHello(@Nullable HandshakeWork work) {
      this.work = work;
    }

    @Override
    protected Future<Current> lookup(ChannelHandlerContext context, ByteBuf hello) {
      Promise<Current> made = context.executor().newPromise();
      var _ = Thread.ofVirtual().start(() -> ready(made));
      return made;
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext context, Future<Current> made) {
      if (context.isRemoved()) {
        return; // The client did not wait.
      }
      if (made.isSuccess()) {
        context.pipeline().replace(this, STAGE, handler(made.getNow(), context.alloc(), work));
      } else {
        context.fireExceptionCaught(made.cause());
      }
    }
  }

  private synchronized void ready(Promise<Current> made) {
    try {
      if (current == null) {
        current = load();
      }
      made.setSuccess(current);
    } catch (RuntimeException e) {
      made.setFailure(e);
    }
  }

  private Current load() {
    Credential credential = certificates.credential(certificate);
    ClientTrust clients =
        spec.clients() == Clients.NONE ? null : certificates.clientTrust(certificate);
    if (isOfJdk()) {
      return new Current(ofJdk(credential, clients), clients, null, null);
    }
    boolean isStapled =
        OpenSsl.isOcspSupported()
            && certificates.isGiven(certificate)
            && StatusQuery.about(credential).isPresent();
    try {
      SslContext context =
          SslContextBuilder.forServer(CredentialKeys.factory(credential))
              .sslProvider(SslProvider.OPENSSL)
              .enableOcsp(isStapled)
              .protocols(spec.versions())
              .applicationProtocolConfig(agreement())
              .build();
      return new Current(
          context,
          null,
          new TicketKeys((OpenSslSessionContext) context.sessionContext()),
          isStapled ? credential.certificate() : null);
    } catch (SSLException e) {
      throw new IllegalStateException("no TLS with " + spec, e);
    }
  }

  /// Netty would begin by letting Bouncy Castle set up all that it has, for half a second.
  private SslContext ofJdk(Credential credential, @Nullable ClientTrust clients) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          CredentialKeys.factory(credential).getKeyManagers(),
          clients == null ? new TrustManager[0] : new TrustManager[] {clients},
          null);
      return new JdkSslContext(
          context,
          false,
          null,
          IdentityCipherSuiteFilter.INSTANCE,
          agreement(),
          switch (spec.clients()) {
            case NONE -> ClientAuth.NONE;
            case OPTIONAL -> ClientAuth.OPTIONAL;
            case REQUIRED -> ClientAuth.REQUIRE;
          },
          spec.versions().toArray(String[]::new),
          false);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no TLS with " + spec, e);
    }
  }

  private ApplicationProtocolConfig agreement() {
    return new ApplicationProtocolConfig(
        Protocol.ALPN,
        SelectorFailureBehavior.NO_ADVERTISE,
        SelectedListenerFailureBehavior.ACCEPT,
        protocols);
  }

  private boolean isOfJdk() {
    return !OpenSsl.isAvailable() || needsJdk(spec, certificates.recipe(certificate).key());
  }
}
