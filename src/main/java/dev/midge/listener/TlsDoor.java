package dev.midge.listener;

import dev.midge.certs.Certificates;
import dev.midge.certs.RefusalJournal;
import dev.midge.listener.TlsSpec.Handshake;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelPipeline;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// The TLS of one listener: shows a client the certificate for the host that it asks for. Any
/// thread.
final class TlsDoor {
  private final TlsSpec spec;
  private final Certificates certificates;
  private final List<TlsEntrance> entrances;

  /// @param protocols what can be agreed on for the time after the handshake (ALPN)
  /// @param refusals who is told which clients were refused for their certificates
  /// @param aside does what would hold up a loop
  TlsDoor(
      TlsSpec spec,
      List<String> protocols,
      Certificates certificates,
      RefusalJournal refusals,
      Executor aside) {
    this.spec = spec;
    this.certificates = certificates;
    this.entrances =
        spec.certificates().stream()
            .map(name -> new TlsEntrance(spec, name, protocols, certificates, refusals, aside))
            .toList();
  }

  /// Adds the stages to the pipeline of a connection, before the stage with this name.
  void addBefore(ChannelPipeline pipeline, String next, ByteBufAllocator allocator) {
    if (spec.handshake() != Handshake.COMPLETES) {
      pipeline.addBefore(next, null, new BrokenHandshake(spec.handshake() == Handshake.IS_CUT));
    }
    if (entrances.size() == 1 && !spec.isNameRequired()) {
      entrances.getFirst().addBefore(pipeline, next, allocator);
    } else {
      pipeline.addBefore(next, null, new HostChoice(this, next));
    }
  }

  /// How to go on with a client that asks for this host, or for none; null if it is to be refused.
  @Nullable TlsEntrance entrance(@Nullable String host) {
    for (TlsEntrance entrance : entrances) {
      if (host != null && isFor(certificates.names(entrance.certificate()), host)) {
        return entrance;
      }
    }
    return spec.isNameRequired() ? null : entrances.getFirst();
  }

  /// Shows what is new among the certificates.
  void renewed(Set<String> names) {
    entrances.forEach(entrance -> entrance.renewed(names));
  }

  /// Lets sessions be encrypted by another key from now on.
  void rotateTicketKeys() {
    entrances.forEach(TlsEntrance::rotateTicketKeys);
  }

  private static boolean isFor(List<String> names, String host) {
    String asked = host.toLowerCase(Locale.ROOT);
    String anyBeside = asked.replaceFirst("[^.]*", "*");
    return names.contains(asked) || names.contains(anyBeside);
  }
}
