package dev.midge.certs;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What one authority does for clients: signs their certificates, all after one pattern, and
/// revokes them. Any thread; callers wait for each other.
public final class ClientCertificates {
  /// The longest life of a certificate for a client.
  public static final int DAYS_MAX = 90;

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
      return new Credential(keys.getPrivate(), sign(commonName, keys.getPublic(), days));
    } catch (GeneralSecurityException e) {
      throw new CertificateFailure("no key can be made: " + e, e);
    }
  }

  /// Signs what a PEM certificate request asks for.
  ///
  /// @return the certificate and those of its authorities, in PEM
  /// @throws InvalidRequest if it is not to be signed
  public String sign(String request, int days) throws InvalidRequest {
    SigningRequest read = SigningRequest.read(request);
    return Pem.of(sign(read.commonName(), read.key(), days));
  }

  /// Revokes a certificate: no listener takes it from now on.
  ///
  /// @throws InvalidRequest if it is not one of this authority
  public void revoke(X509Certificate certificate) throws InvalidRequest {
    synchronized (files) {
      addToRevoked(certificate);
    }
  }

  private void addToRevoked(X509Certificate certificate) throws InvalidRequest {
    try {
      certificate.verify(authority.certificate().getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new InvalidRequest("The certificate is not one of this authority.", e);
    }
    try {
      Map<BigInteger, Instant> revoked = new HashMap<>();
      X509CRL before = files.revocations(authorityName).list();
      if (before != null && before.getRevokedCertificates() != null) {
        for (X509CRLEntry entry : before.getRevokedCertificates()) {
          revoked.put(entry.getSerialNumber(), entry.getRevocationDate().toInstant());
        }
      }
      Instant now = Instant.now();
      revoked.putIfAbsent(certificate.getSerialNumber(), now);
      files.writeRevocations(authorityName, issuer.revoke(revoked, authority, now));
    } catch (IOException e) {
      throw new CertificateFailure("the list of revoked certificates: " + e.getMessage(), e);
    }
  }

  private List<X509Certificate> sign(String commonName, PublicKey key, int days)
      throws InvalidRequest {
    if (days < 1 || days > DAYS_MAX) {
      throw new InvalidRequest("A certificate for a client lives 1 to " + DAYS_MAX + " days.");
    }
    List<X509Certificate> chain = new ArrayList<>();
    chain.add(issuer.client(commonName, key, days, authority, Instant.now()));
    authority.chain().stream().filter(above -> !Issuer.isRoot(above)).forEach(chain::add);
    return List.copyOf(chain);
  }
}
