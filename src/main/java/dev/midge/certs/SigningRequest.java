package dev.midge.certs;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/// What a stranger asks to have signed (PKCS #10). Only the name and the key are taken from it;
/// whatever else it asks for is not looked at.
///
/// @param commonName the name of the holder
/// @param key the holder's key, which signed the request
public record SigningRequest(String commonName, PublicKey key) {
  /// The longest request that is read.
  public static final int LENGTH_MAX = 16 << 10;

  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----");
  private static final Pattern PEM =
      Pattern.compile(
          "-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\\s]*+)"
              + "-----END (?:NEW )?CERTIFICATE REQUEST-----");

  /// Reads a request from PEM.
  ///
  /// @throws InvalidRequest if it is none, or one that is not to be signed; the message says what
  ///   is wrong with it
  public static SigningRequest read(String pem) throws InvalidRequest {
    if (pem.length() > LENGTH_MAX) {
      throw new InvalidRequest("A request of more than 16 KiB is not read.");
    }
    byte[] der = der(pem);
    try {
      JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(der);
      if (!Arrays.equals(request.toASN1Structure().getEncoded(ASN1Encoding.DER), der)) {
        throw new InvalidRequest(
            "The certificate request cannot be read: it is not in DER, the one form that is"
                + " signed.");
      }
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
        | RuntimeException // The library throws all of these at bytes that are no request,
        | StackOverflowError e) { // and this one at those that are nested too deeply.
      throw new InvalidRequest(
          "The certificate request cannot be read: its text is whole, but not what is in it.", e);
    }
  }

  /// What is between the first line and the last, or what is wrong with them.
  private static byte[] der(String pem) throws InvalidRequest {
    Matcher matcher = PEM.matcher(pem);
    if (!matcher.find()) {
      throw new InvalidRequest(noPem(pem));
    }
    try {
      return Base64.getDecoder().decode(matcher.group(1).replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw new InvalidRequest(
          "The certificate request cannot be read: what is between its first line and its last is"
              + " no Base64.",
          e);
    }
  }

  private static String noPem(String text) {
    if (text.isBlank()) {
      return "There is no certificate request in PEM: nothing was sent.";
    }
    if (text.charAt(0) == '0' && !text.contains("-----BEGIN")) {
      return "This may be a certificate request, but it is not in PEM. Make it so with: openssl"
          + " req -inform DER -in FILE";
    }
    Matcher begin = BEGIN.matcher(text);
    if (!begin.find()) {
      return "This is no certificate request in PEM: it has no line -----BEGIN CERTIFICATE"
          + " REQUEST-----.";
    }
    String kind = begin.group(1);
    if (kind.endsWith("CERTIFICATE REQUEST")) {
      return "The certificate request cannot be read: it is cut, or has characters in it that do"
          + " not belong there.";
    }
    return kind.endsWith("PRIVATE KEY")
        ? "This is a private key, and no certificate request in PEM. Nobody but its owner should"
            + " have it: make a new one."
        : "This is no certificate request in PEM, but a " + kind + ".";
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
