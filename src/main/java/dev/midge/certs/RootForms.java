package dev.midge.certs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;

/// The certificate of a root in the forms in which clients take it.
///
/// @param certificate the certificate
public record RootForms(X509Certificate certificate) {
  /// What opens the key stores, because something must: there is no secret in them.
  public static final String PASSWORD = "changeit";

  private static final int BYTES_PER_LINE = 12;

  /// As text.
  public byte[] pem() {
    return Pem.of(List.of(certificate)).getBytes(US_ASCII);
  }

  /// As the bytes that it is.
  public byte[] der() {
    try {
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw failure(e);
    }
  }

  /// As a header for C, both as text and as bytes: firmware includes it.
  public byte[] header() {
    StringBuilder text = new StringBuilder();
    text.append("/* A certificate to trust. SHA-256 fingerprint:\n   ")
        .append(fingerprint())
        .append(" */\n#ifndef MIDGE_CA_H\n#define MIDGE_CA_H\n\n")
        .append("static const char midge_ca_pem[] =\n");
    new String(pem(), US_ASCII)
        .lines()
        .forEach(line -> text.append("    \"").append(line).append("\\n\"\n"));
    text.setLength(text.length() - 1);
    text.append(";\n\nstatic const unsigned char midge_ca_der[] = {");
    byte[] der = der();
    for (int i = 0; i < der.length; i++) {
      text.append(i % BYTES_PER_LINE == 0 ? "\n    " : " ");
      text.append("0x").append(HexFormat.of().toHexDigits(der[i])).append(',');
    }
    text.append("\n};\nstatic const unsigned int midge_ca_der_len = sizeof(midge_ca_der);\n\n");
    return text.append("#endif\n").toString().getBytes(US_ASCII);
  }

  /// As a key store for Java and others.
  ///
  /// @param type `PKCS12` or `JKS`
  public byte[] keyStore(String type) {
    try {
      KeyStore store = KeyStore.getInstance(type);
      store.load(null, null);
      store.setCertificateEntry("midge-ca", certificate);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      store.store(bytes, PASSWORD.toCharArray());
      return bytes.toByteArray();
    } catch (IOException | GeneralSecurityException e) {
      throw failure(e);
    }
  }

  /// What tells it from all others: the SHA-256 hash of its bytes, as OpenSSL writes it.
  public String fingerprint() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(der());
      return HexFormat.ofDelimiter(":").withUpperCase().formatHex(hash);
    } catch (GeneralSecurityException e) {
      throw failure(e);
    }
  }

  private static CertificateFailure failure(Exception cause) {
    return new CertificateFailure("a certificate cannot be written: " + cause, cause);
  }
}
