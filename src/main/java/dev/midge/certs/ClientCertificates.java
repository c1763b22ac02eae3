package dev.midge.certs;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What one authority does for clients: signs their certificates, all after one pattern, records
/// and revokes them. Any thread, and beside other processes.
public final class ClientCertificates {
  /// The longest life of a certificate for a client.
  public static final int DAYS_MAX = 90;

  private static final String FOR_CLIENTS = "1.3.6.1.5.5.7.3.2";

  /// What was revoked longer ago has ended, too, and need not be listed any more.
  private static final Duration LISTED_FOR = Duration.ofDays(DAYS_MAX + 1);

  private final CredentialFiles files;
  private final Issuer issuer;
  private final String authorityName;
  private final Credential authority;

  ClientCertificates(
      CredentialFiles files, Issuer issuer, String authorityName, Credential authority) {
    this.files = files;
    this.issuer = issuer;
    this.authorityName = authorityName;
    this.authority = authority;
  }

  /// Makes a key and a certificate for it.
  ///
  /// @param commonName the holder's name, which becomes the user name
  /// @throws InvalidRequest if such a certificate is not to be had
  public Credential make(String commonName, int days) throws InvalidRequest {
    if (!CommonName.isUsable(commonName)) {
      throw new InvalidRequest("A name has 1 to 256 characters, and no control characters.");
    }
    try {
      KeyPair keys = KeyKind.ECDSA_P256.generate();
      return new Credential(
          keys.getPrivate(),
          sign(commonName, keys.getPublic(), Duration.ofDays(days), Variant.GOOD));
    } catch (GeneralSecurityException e) {
      throw new CertificateFailure("no key can be made: " + e, e);
    }
  }

  /// Signs what a PEM certificate request asks for.
  ///
  /// @return the certificate and those of its authorities, in PEM
  /// @throws InvalidRequest if it is not to be signed
  public String sign(String request, int days) throws InvalidRequest {
    return sign(SigningRequest.read(request), Duration.ofDays(days), Variant.GOOD);
  }

  /// Signs what was asked for.
  ///
  /// @param life how long the certificate lives, a minute to 90 days
  /// @param variant what it is like
  /// @return the certificate and those of its authorities, in PEM
  /// @throws InvalidRequest if it is not to be signed
  public String sign(SigningRequest request, Duration life, Variant variant) throws InvalidRequest {
    return Pem.of(sign(request.commonName(), request.key(), life, variant));
  }

  /// Revokes a certificate: no listener takes it from now on.
  ///
  /// @throws InvalidRequest if it is not one of this authority, for a client
  public void revoke(X509Certificate certificate) throws InvalidRequest {
    try {
      certificate.verify(authority.certificate().getPublicKey());
      List<String> purposes = certificate.getExtendedKeyUsage();
      if (purposes == null || !purposes.contains(FOR_CLIENTS)) {
        throw new InvalidRequest("The certificate is not one for a client.");
      }
    } catch (GeneralSecurityException e) {
      throw new InvalidRequest("The certificate is not one of this authority.", e);
    }
    try (AuthorityLock _ = files.lock(authorityName)) {
      list(certificate);
    } catch (IOException e) {
      throw new CertificateFailure("the list of revoked certificates: " + e.getMessage(), e);
    }
  }

  /// Revokes a certificate of a server, made to be one that is revoked.
  void revokeServer(X509Certificate certificate) {
    try (AuthorityLock _ = files.lock(authorityName)) {
      list(certificate);
    } catch (IOException e) {
      throw new CertificateFailure("the list of revoked certificates: " + e.getMessage(), e);
    }
  }

  /// The certificates that were revoked, as a list for others.
  public Revoked revoked() {
    try (AuthorityLock _ = files.lock(authorityName)) {
      X509CRL list = files.revocations(authorityName).list();
      if (list == null) {
        list = issuer.revoke(Map.of(), authority, Instant.now());
        files.writeRevocations(authorityName, list);
      }
      return new Revoked(Pem.of(List.of(list)), list.getEncoded());
    } catch (IOException | CRLException e) {
      throw new CertificateFailure("the list of revoked certificates: " + e.getMessage(), e);
    }
  }

  /// A list of revoked certificates.
  ///
  /// @param pem as text
  /// @param der as the bytes that it is
  public record Revoked(String pem, byte[] der) {}

  /// Lists a certificate among the revoked ones. The caller holds the lock.
  private void list(X509Certificate certificate) throws IOException {
    Instant now = Instant.now();
    Map<BigInteger, Instant> revoked = new HashMap<>();
    X509CRL before = files.revocations(authorityName).list();
    if (before != null && before.isRevoked(certificate)) {
      return;
    }
    if (before != null && before.getRevokedCertificates() != null) {
      for (X509CRLEntry entry : before.getRevokedCertificates()) {
        Instant when = entry.getRevocationDate().toInstant();
        if (when.plus(LISTED_FOR).isAfter(now)) {
          revoked.put(entry.getSerialNumber(), when);
        }
      }
    }
    revoked.put(certificate.getSerialNumber(), now);
    files.writeRevocations(authorityName, issuer.revoke(revoked, authority, now));
  }

  private List<X509Certificate> sign(
      String commonName, PublicKey key, Duration life, Variant variant) throws InvalidRequest {
    if (life.compareTo(Duration.ofMinutes(1)) < 0
        || life.compareTo(Duration.ofDays(DAYS_MAX)) > 0) {
      throw new InvalidRequest("A certificate for a client lives 1 to " + DAYS_MAX + " days.");
    }
    Instant now = Instant.now();
    X509Certificate certificate = issuer.client(commonName, key, life, variant, authority, now);
    try (AuthorityLock _ = files.lock(authorityName)) {
      files.issued(authorityName).add(certificate, variant, now);
      if (variant == Variant.REVOKED) {
        list(certificate);
      }
    } catch (IOException e) {
      throw new CertificateFailure("a certificate cannot be recorded: " + e.getMessage(), e);
    }
    List<X509Certificate> chain = new ArrayList<>(List.of(certificate));
    if (variant != Variant.FOREIGN) {
      authority.chain().stream().filter(above -> !Issuer.isRoot(above)).forEach(chain::add);
    }
    return List.copyOf(chain);
  }
}
