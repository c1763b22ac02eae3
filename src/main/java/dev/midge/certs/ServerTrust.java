package dev.midge.certs;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/// What a careful client knows before a server shows it anything.
public interface ServerTrust {
  /// The root that it trusts.
  X509Certificate root();

  /// Authorities between that root and servers, which servers are to show all the same.
  List<X509Certificate> authorities();

  /// Whether a certificate was revoked.
  ///
  /// @throws CertificateException if nobody knows
  boolean isRevoked(X509Certificate certificate) throws CertificateException;
}
