package dev.midge.certs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/// A root that somebody else has made, in two files.
///
/// @param certificate the file of its certificate, in PEM
/// @param key the file of its key, in PEM
public record BroughtRoot(Path certificate, Path key) {
  private static final int KEY_CERT_SIGN = 5;

  /// Reads it, and sees whether it will do.
  ///
  /// @throws CertificateFailure if not; the message says why
  Credential read() {
    X509Certificate read = readCertificate();
    PrivateKey secret = readKey();
    require(Issuer.isRoot(read), "is not signed by itself: this is no root.");
    require(
        read.getBasicConstraints() > 0
            && (read.getKeyUsage() == null || read.getKeyUsage()[KEY_CERT_SIGN]),
        "may not sign authorities (CA:TRUE, no pathlen:0, keyCertSign).");
    require(
        Instant.now().isBefore(read.getNotAfter().toInstant())
            && Instant.now().isAfter(read.getNotBefore().toInstant()),
        "is not valid today.");
    require(isTaken(secret), "needs a key of RSA with 2048 bits or more, or ECDSA P-256 or P-384.");
    require(isPair(read, secret), "does not belong to the key in " + key + ".");
    return new Credential(secret, List.of(read));
  }

  private void require(boolean isMet, String otherwise) {
    if (!isMet) {
      throw new CertificateFailure(certificate + ": the certificate " + otherwise, null);
    }
  }

  private X509Certificate readCertificate() {
    try (PEMParser parser = new PEMParser(Files.newBufferedReader(certificate))) {
      if (parser.readObject() instanceof X509CertificateHolder holder) {
        return new JcaX509CertificateConverter().getCertificate(holder);
      }
    } catch (IOException | GeneralSecurityException e) {
      throw failure(certificate, e);
    }
    throw new CertificateFailure(certificate + ": does not begin with a certificate in PEM.", null);
  }

  private PrivateKey readKey() {
    try (PEMParser parser = new PEMParser(Files.newBufferedReader(key))) {
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        switch (part) {
          case PrivateKeyInfo info -> {
            return converter.getPrivateKey(info);
          }
          case PEMKeyPair pair -> {
            return converter.getPrivateKey(pair.getPrivateKeyInfo());
          }
          default -> {
            // OpenSSL writes the parameters of a curve before the key.
          }
        }
      }
    } catch (IOException e) {
      throw failure(key, e);
    }
    throw new CertificateFailure(
        key + ": has no key in PEM that can be read without a password.", null);
  }

  private static CertificateFailure failure(Path file, Exception cause) {
    return new CertificateFailure(file + ": cannot be read (" + cause + ").", cause);
  }

  private static boolean isTaken(PrivateKey key) {
    return switch (key) {
      case ECKey _ -> KeyKind.ECDSA_P256.is(key) || KeyKind.ECDSA_P384.is(key);
      case RSAKey rsa -> rsa.getModulus().bitLength() >= 2048;
      default -> false;
    };
  }

  private static boolean isPair(X509Certificate certificate, PrivateKey key) {
    try {
      Signature signature = Signature.getInstance(KeyKind.signatureAlgorithm(key));
      byte[] text = {1, 2, 3};
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
