package dev.midge.certs;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/// What a stranger asks to have signed (PKCS #10). Only the name and the key are taken from it;
/// whatever else it asks for is not looked at.
///
/// @param commonName the name of the holder
/// @param key the holder's key, which signed the request
record SigningRequest(String commonName, PublicKey key) {
  private static final int LENGTH_MAX = 16 << 10;
  private static final Pattern PEM =
      Pattern.compile(
          "-----BEGIN (NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\\s]*)"
              + "-----END (NEW )?CERTIFICATE REQUEST-----");

  /// Reads a request from PEM.
  ///
  /// @throws InvalidRequest if it is none, or one that is not to be signed
  static SigningRequest read(String pem) throws InvalidRequest {
    if (pem.length() > LENGTH_MAX) {
      throw new InvalidRequest("A request of more than 16 KiB is not read.");
    }
    Matcher matcher = PEM.matcher(pem);
    if (!matcher.find()) {
      throw new InvalidRequest(
          "This is no certificate request in PEM: it has no line -----BEGIN CERTIFICATE"
              + " REQUEST-----.");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(matcher.group(2));
      JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(der);
      PublicKey key = request.getPublicKey();
      if (!isTaken(key)) {
        throw new InvalidRequest(
            "The key must be RSA of 2048 to 4096 bits, ECDSA P-256 or P-384, or Ed25519.");
      }
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new InvalidRequest("The request is not signed with the key that is in it.");
      }
      String name = CommonName.of(request.getSubject());
      if (!CommonName.isUsable(name)) {
        throw new InvalidRequest(
            "The subject needs a common name (CN) of 1 to 256 characters: it becomes the user"
                + " name.");
      }
      return new SigningRequest(name, key);
    } catch (IOException
        | GeneralSecurityException
        | OperatorCreationException
        | PKCSException
        | RuntimeException e) { // The library throws all of these at bytes that are no request.
      throw new InvalidRequest("The certificate request cannot be read.", e);
    }
  }

  private static boolean isTaken(PublicKey key) {
    return switch (key) {
      case ECKey _ -> KeyKind.ECDSA_P256.is(key) || KeyKind.ECDSA_P384.is(key);
      case RSAKey rsa ->
          rsa.getModulus().bitLength() >= 2048 && rsa.getModulus().bitLength() <= 4096;
      case EdECKey ed -> ed.getParams().getName().equals(NamedParameterSpec.ED25519.getName());
      default -> false;
    };
  }
}
