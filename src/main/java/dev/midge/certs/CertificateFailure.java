package dev.midge.certs;

import org.jspecify.annotations.Nullable;

/// Thrown when a certificate can be neither read nor made. The message is one for the user.
public final class CertificateFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  CertificateFailure(String message, @Nullable Exception cause) {
    super(message, cause);
  }
}
