package dev.midge.acme;

import dev.midge.certs.Credential;
import dev.midge.certs.CredentialFiles;
import dev.midge.certs.KeyKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Optional;

/// What is kept of one directory: the key of the account, the key of the order that is under way,
/// the last certificate, and where things stand. Files appear complete or not at all.
final class AcmeFolder {
  private static final String ACCOUNT = "account";
  private static final String ORDER = "order";
  private static final String CERTIFICATE = "certificate";

  private final CredentialFiles files;
  private final Path state;

  AcmeFolder(Path folder) {
    this.files = new CredentialFiles(folder);
    this.state = folder.resolve("state.properties");
  }

  /// The key of the account: the one there is, or a new one.
  KeyPair account() throws IOException {
    Optional<KeyPair> kept = files.readKeys(ACCOUNT);
    return kept.isPresent() ? kept.get() : files.makeKeys(ACCOUNT, KeyKind.ECDSA_P256);
  }

  /// The key of the order that is under way, if it can still be used.
  Optional<KeyPair> orderKeys() {
    try {
      return files.readKeys(ORDER);
    } catch (IOException e) {
      return Optional.empty(); // A new order has a new one.
    }
  }

  /// A key for a new order.
  KeyPair newOrderKeys(KeyKind kind) throws IOException {
    return files.makeKeys(ORDER, kind);
  }

  /// The last certificate. One that cannot be read is as good as none: there will be another.
  Optional<Credential> certificate() {
    try {
      return files.read(CERTIFICATE);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Keeps a new certificate, whose order is over.
  void write(Credential credential) throws IOException {
    files.write(CERTIFICATE, credential);
    Files.deleteIfExists(files.file(ORDER));
  }

  /// Where things stand.
  ///
  /// @throws IOException if the file cannot be read: to order without knowing it could be one order
  ///   too many
  AcmeState state() throws IOException {
    try {
      return AcmeState.read(Files.readString(state));
    } catch (NoSuchFileException none) {
      return AcmeState.NEW;
    } catch (IOException e) {
      throw new IOException(state + ": cannot be read: " + e.getMessage() + ". Delete it.", e);
    }
  }

  void write(AcmeState now) throws IOException {
    CredentialFiles.replace(state, now.write(), false);
  }
}
