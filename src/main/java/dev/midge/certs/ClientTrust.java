package dev.midge.certs;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x500.X500Name;

/// Decides which client certificates are good, and says of the others what is wrong with them, in
/// words for people. Any thread.
public final class ClientTrust extends X509ExtendedTrustManager {
  private static final String FOR_CLIENTS = "1.3.6.1.5.5.7.3.2";
  private static final String FOR_ANYTHING = "2.5.29.37.0";

  private final X509Certificate root;
  private final List<X509Certificate> authorities;
  private final List<Revocations> revocations;

  /// @param root who must have signed a certificate, itself or through others
  /// @param authorities the others that clients need not send
  /// @param revocations what any of them has revoked
  ClientTrust(
      X509Certificate root, List<X509Certificate> authorities, List<Revocations> revocations) {
    this.revocations = List.copyOf(revocations);
    this.root = root;
    this.authorities = List.copyOf(authorities);
  }

  /// Checks a client's certificate and what came with it.
  ///
  /// @return the name that it gives its holder
  /// @throws CertificateException if it is not good; the message says why
  public String check(List<X509Certificate> chain) throws CertificateException {
    if (chain.isEmpty()) {
      throw new RefusedCertificate(ClientRefusal.NONE, "there is no client certificate");
    }
    X509Certificate certificate = chain.getFirst();
    Instant now = Instant.now();
    Instant begin = certificate.getNotBefore().toInstant();
    Instant end = certificate.getNotAfter().toInstant();
    if (now.isAfter(end)) {
      throw new RefusedCertificate(
          ClientRefusal.EXPIRED, "the client certificate expired at " + end);
    }
    if (now.isBefore(begin)) {
      throw new RefusedCertificate(
          ClientRefusal.NOT_YET_VALID, "the client certificate is not valid before " + begin);
    }
    requireSigned(certificate, chain, now);
    for (Revocations revoked : revocations) {
      if (revoked.isRevoked(certificate)) {
        throw new RefusedCertificate(ClientRefusal.REVOKED, "the client certificate is revoked");
      }
    }
    List<String> purposes = certificate.getExtendedKeyUsage();
    if (purposes != null && !purposes.contains(FOR_CLIENTS) && !purposes.contains(FOR_ANYTHING)) {
      throw new RefusedCertificate(ClientRefusal.UNSUITABLE, "the certificate is not for clients");
    }
    return name(certificate);
  }

  private void requireSigned(X509Certificate certificate, List<X509Certificate> chain, Instant now)
      throws CertificateException {
    List<X509Certificate> known = new ArrayList<>(chain);
    known.addAll(authorities);
    X509CertSelector target = new X509CertSelector();
    target.setCertificate(certificate);
    try {
      PKIXBuilderParameters parameters =
          new PKIXBuilderParameters(Set.of(new TrustAnchor(root, null)), target);
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(known)));
      parameters.setDate(Date.from(now));
      parameters.setRevocationEnabled(false);
      var _ = CertPathBuilder.getInstance("PKIX").build(parameters);
    } catch (GeneralSecurityException e) {
      throw new RefusedCertificate(
          ClientRefusal.FOREIGN,
          "the client certificate is not signed by the authority of this server",
          e);
    }
  }

  /// The common name of the holder, if it is one that people and MQTT can deal with.
  private static String name(X509Certificate certificate) throws CertificateException {
    String name =
        CommonName.of(X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()));
    if (!CommonName.isUsable(name)) {
      throw new RefusedCertificate(
          ClientRefusal.UNSUITABLE, "the client certificate has no usable common name");
    }
    return name;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    String _ = check(Arrays.asList(chain));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  /// Trusts no server: this is the server.
  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("no server is trusted here");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    List<X509Certificate> all = new ArrayList<>(List.of(root));
    all.addAll(authorities);
    return all.toArray(X509Certificate[]::new);
  }
}
