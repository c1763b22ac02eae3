package dev.midge.certs;

import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/// The question to an authority whether it has revoked a certificate (OCSP, RFC 6960), and what to
/// make of the answer. Any thread.
///
/// @param responder where to ask, by HTTP
/// @param certificate what it is about
/// @param authority who has signed that
public record StatusQuery(URI responder, X509Certificate certificate, X509Certificate authority) {
  /// How far the clock of an authority may be ahead of ours.
  private static final Duration SKEW = Duration.ofMinutes(5);

  /// The question about what a server shows, if the certificate says where to ask it.
  public static Optional<StatusQuery> about(Credential credential) {
    List<X509Certificate> chain = credential.chain();
    return chain.size() < 2
        ? Optional.empty()
        : responder(chain.getFirst())
            .map(responder -> new StatusQuery(responder, chain.getFirst(), chain.get(1)));
  }

  private static Optional<URI> responder(X509Certificate certificate) {
    try {
      AuthorityInformationAccess access =
          AuthorityInformationAccess.fromExtensions(
              new JcaX509CertificateHolder(certificate).getExtensions());
      if (access == null) {
        return Optional.empty();
      }
      return Stream.of(access.getAccessDescriptions())
          .filter(one -> one.getAccessMethod().equals(AccessDescription.id_ad_ocsp))
          .map(AccessDescription::getAccessLocation)
          .filter(location -> location.getTagNo() == GeneralName.uniformResourceIdentifier)
          .flatMap(location -> httpUrl(location.getName().toString()).stream())
          .findFirst();
    } catch (CertificateException | IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }

  private static Optional<URI> httpUrl(String text) {
    try {
      URI url = URI.create(text);
      return "http".equalsIgnoreCase(url.getScheme()) && url.getHost() != null
          ? Optional.of(url)
          : Optional.empty();
    } catch (IllegalArgumentException noUrl) {
      return Optional.empty();
    }
  }

  /// What to send.
  public byte[] request() {
    try {
      return new OCSPReqBuilder().addRequest(id()).build().getEncoded();
    } catch (IOException | GeneralSecurityException | OCSPException | OperatorCreationException e) {
      throw new CertificateFailure("the status of a certificate cannot be asked for: " + e, e);
    }
  }

  private CertificateID id()
      throws GeneralSecurityException, OCSPException, OperatorCreationException {
    return new CertificateID(
        digests().get(CertificateID.HASH_SHA1),
        new JcaX509CertificateHolder(authority),
        certificate.getSerialNumber());
  }

  /// Reads what came back.
  ///
  /// @throws CertificateException if it does not say, or not now, or not in the name of the
  ///   authority, whether the certificate is good
  public StatusAnswer read(byte[] answer, Instant now) throws CertificateException {
    try {
      OCSPResp response = new OCSPResp(answer);
      if (response.getStatus() != OCSPResp.SUCCESSFUL
          || !(response.getResponseObject() instanceof BasicOCSPResp said)) {
        throw new CertificateException("no answer, but status " + response.getStatus());
      }
      SingleResp status = mine(said);
      if (!isSigned(said, now)) {
        throw new CertificateException("not signed by the authority of the certificate");
      }
      return read(status, answer, now);
    } catch (IOException
        | GeneralSecurityException
        | OCSPException
        | OperatorCreationException
        | RuntimeException e) { // The library throws all of these at bytes that are no answer.
      throw e instanceof CertificateException said
          ? said
          : new CertificateParsingException("it cannot be read", e);
    }
  }

  private StatusAnswer read(SingleResp status, byte[] answer, Instant now)
      throws CertificateException {
    CertificateStatus said = status.getCertStatus();
    boolean isRevoked = said instanceof RevokedStatus;
    if (!isRevoked && said != null) { // Null is good.
      throw new CertificateException("the certificate is unknown to its authority");
    }
    Instant since = status.getThisUpdate().toInstant();
    Instant until = status.getNextUpdate() == null ? since : status.getNextUpdate().toInstant();
    if (now.plus(SKEW).isBefore(since) || (!isRevoked && !now.isBefore(until))) {
      throw new CertificateException("not an answer for today");
    }
    return new StatusAnswer(certificate, isRevoked, answer, since, until);
  }

  private SingleResp mine(BasicOCSPResp said)
      throws GeneralSecurityException, OCSPException, OperatorCreationException {
    X509CertificateHolder issuer = new JcaX509CertificateHolder(authority);
    DigestCalculatorProvider digests = digests();
    for (SingleResp one : said.getResponses()) {
      CertificateID id = one.getCertID();
      if (id.getSerialNumber().equals(certificate.getSerialNumber())
          && id.matchesIssuer(issuer, digests)) {
        return one;
      }
    }
    throw new CertificateException("about another certificate");
  }

  /// Whether the authority has signed it, or one to whom it has given that right (RFC 6960 section
  /// 4.2.2.2).
  private boolean isSigned(BasicOCSPResp said, Instant now) throws CertificateException {
    List<X509Certificate> signers = new ArrayList<>(List.of(authority));
    for (X509CertificateHolder sent : said.getCerts()) {
      X509Certificate other = new JcaX509CertificateConverter().getCertificate(sent);
      if (isDelegate(other, now)) {
        signers.add(other);
      }
    }
    return signers.stream().anyMatch(signer -> isSignedBy(said, signer.getPublicKey()));
  }

  private static boolean isSignedBy(BasicOCSPResp said, PublicKey key) {
    try {
      return said.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key));
    } catch (OCSPException | OperatorCreationException keyOfAnotherKind) {
      return false;
    }
  }

  private boolean isDelegate(X509Certificate other, Instant now) {
    try {
      other.verify(authority.getPublicKey());
      List<String> uses = other.getExtendedKeyUsage();
      return uses != null
          && uses.contains(KeyPurposeId.id_kp_OCSPSigning.getId())
          && !now.isBefore(other.getNotBefore().toInstant())
          && now.isBefore(other.getNotAfter().toInstant());
    } catch (GeneralSecurityException notOfTheAuthority) {
      return false;
    }
  }

  private static DigestCalculatorProvider digests() throws OperatorCreationException {
    return new JcaDigestCalculatorProviderBuilder().build();
  }
}
