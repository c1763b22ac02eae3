package dev.midge.certs;

import java.security.cert.CertificateException;

/// Thrown when a client's certificate is not good. The message says what is wrong with it, in words
/// for people.
public final class RefusedCertificate extends CertificateException {

  private static final long serialVersionUID = 1;

  private final ClientRefusal reason;

  RefusedCertificate(ClientRefusal reason, String message) {
    super(message);
    this.reason = reason;
  }

  RefusedCertificate(ClientRefusal reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /// What is wrong with it, in one word.
  public ClientRefusal reason() {
    return reason;
  }
}
