package dev.midge.certs;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/// The folder in which credentials are kept: each in one file `NAME.pem`, the key first, that only
/// its owner can read. Files appear complete or not at all.
public final class CredentialFiles {
  private final Path folder;

  /// Those of a folder, which need not be there yet.
  public CredentialFiles(Path folder) {
    this.folder = folder;
  }

  /// Where the credential with this name is kept.
  public Path file(String name) {
    return folder.resolve(name + ".pem");
  }

  /// Where a certificate for others to take is.
  Path publicFile(String name) {
    return folder.resolve(name + ".crt");
  }

  /// Reads a credential, if there is one.
  ///
  /// @throws IOException if there is one that cannot be read
  public Optional<Credential> read(String name) throws IOException {
    if (Files.notExists(file(name))) {
      return Optional.empty();
    }
    PrivateKey key = null;
    List<X509Certificate> chain = new ArrayList<>();
    try (PEMParser parser = new PEMParser(new StringReader(Files.readString(file(name))))) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        switch (part) {
          case PrivateKeyInfo info -> key = new JcaPEMKeyConverter().getPrivateKey(info);
          case X509CertificateHolder certificate ->
              chain.add(new JcaX509CertificateConverter().getCertificate(certificate));
          default -> throw new IOException("it has something other than a key and certificates");
        }
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(e.getMessage(), e);
    }
    if (key == null || chain.isEmpty()) {
      throw new IOException("it has no " + (key == null ? "key" : "certificate"));
    }
    return Optional.of(new Credential(key, List.copyOf(chain)));
  }

  /// Writes a credential.
  public void write(String name, Credential credential) throws IOException {
    replace(file(name), credential.keyPem() + credential.chainPem(), true);
  }

  /// Reads a pair of keys, if there is one.
  ///
  /// @throws IOException if there is one that cannot be read
  public Optional<KeyPair> readKeys(String name) throws IOException {
    if (Files.notExists(file(name))) {
      return Optional.empty();
    }
    try (PEMParser parser = new PEMParser(new StringReader(Files.readString(file(name))))) {
      if (parser.readObject() instanceof PrivateKeyInfo secret
          && parser.readObject() instanceof SubjectPublicKeyInfo open) {
        JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
        return Optional.of(
            new KeyPair(converter.getPublicKey(open), converter.getPrivateKey(secret)));
      }
      throw new IOException(file(name) + ": it has no pair of keys");
    }
  }

  /// Makes a pair of keys, and writes it.
  public KeyPair makeKeys(String name, KeyKind kind) throws IOException {
    try {
      KeyPair keys = kind.generate();
      replace(file(name), Pem.of(keys.getPrivate()) + Pem.of(List.of(keys.getPublic())), true);
      return keys;
    } catch (GeneralSecurityException e) {
      throw new CertificateFailure("no key can be made: " + e, e);
    }
  }

  /// Writes a certificate for others to take, unless it is there already.
  void publish(String name, X509Certificate certificate) throws IOException {
    String text = Pem.of(List.of(certificate));
    Path file = publicFile(name);
    if (Files.notExists(file) || !Files.readString(file).equals(text)) {
      replace(file, text, false);
    }
  }

  /// Reads a certificate that was written for others, if there is one.
  Optional<X509Certificate> published(String name) throws IOException {
    if (Files.notExists(publicFile(name))) {
      return Optional.empty();
    }
    try (InputStream bytes = Files.newInputStream(publicFile(name))) {
      return Optional.of(
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(bytes));
    } catch (CertificateException e) {
      throw new IOException(publicFile(name) + ": " + e.getMessage(), e);
    }
  }

  /// What the authority with this name has revoked.
  Revocations revocations(String name) {
    return new Revocations(revocationFile(name));
  }

  /// Writes what the authority with this name has revoked.
  void writeRevocations(String name, X509CRL list) throws IOException {
    replace(revocationFile(name), Pem.of(List.of(list)), false);
  }

  /// What the authority with this name has signed for clients.
  IssueRecord issued(String name) {
    return new IssueRecord(folder.resolve(name + ".issued"));
  }

  /// Waits until nobody else changes what the authority with this name keeps.
  AuthorityLock lock(String name) throws IOException {
    return AuthorityLock.take(folder.resolve(name + ".lock"));
  }

  private Path revocationFile(String name) {
    return folder.resolve(name + ".crl");
  }

  /// Writes a file, which appears complete or not at all.
  ///
  /// @param isSecret whether it is for its owner only
  public static void replace(Path file, String text, boolean isSecret) throws IOException {
    Path folder = file.resolveSibling("");
    Files.createDirectories(folder);
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(temporary);
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            isSecret ? ownerOnly(folder) : new FileAttribute<?>[0])) {
      Channels.newOutputStream(channel).write(text.getBytes(StandardCharsets.US_ASCII));
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
