package dev.midge.certs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/// The certificates that an authority has revoked, as its list in a file says at the moment: what
/// is added there is known at once. Any thread.
final class Revocations {
  private final Path file;
  private @Nullable X509CRL list;
  private @Nullable Version read;

  /// What changes when the file does: another one takes its place.
  private record Version(FileTime changedAt, long bytes, @Nullable Object key) {}

  Revocations(Path file) {
    this.file = file;
  }

  /// Whether a certificate is among them.
  ///
  /// @throws CertificateException if the list cannot be read: then nobody knows
  boolean isRevoked(X509Certificate certificate) throws CertificateException {
    try {
      X509CRL now = list();
      return now != null && now.isRevoked(certificate);
    } catch (IOException e) {
      throw new CertificateException("the list of revoked certificates cannot be read", e);
    }
  }

  /// The list, or null if nothing was revoked yet.
  synchronized @Nullable X509CRL list() throws IOException {
    Version version;
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      version = new Version(now.lastModifiedTime(), now.size(), now.fileKey());
    } catch (NoSuchFileException none) {
      return null;
    }
    if (!version.equals(read)) {
      try (InputStream bytes = Files.newInputStream(file)) {
        list = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(bytes);
        read = version;
      } catch (CertificateException | CRLException e) {
        throw new IOException(file + ": " + e.getMessage(), e);
      }
    }
    return list;
  }
}
