package dev.midge.probe;

import dev.midge.certs.Credential;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;

/// What a client shows of itself, and whether it is to be let in.
///
/// @param userName the user name, or null
/// @param password the password, or null
/// @param keys what it shows in TLS
/// @param isLetIn whether it is to be let in; else it is to be refused
public record Login(
    @Nullable String userName, @Nullable String password, KeyManager[] keys, boolean isLetIn) {
  private static final KeyManager[] NO_KEYS = {};

  /// Of somebody who shows nothing where nothing is asked for.
  public static final Login ANONYMOUS = new Login(null, null, NO_KEYS, true);

  /// Of somebody who shows nothing where something is asked for.
  public static final Login STRANGER = new Login(null, null, NO_KEYS, false);

  /// Of somebody with a password.
  public static Login of(String userName, String password) {
    return new Login(userName, password, NO_KEYS, true);
  }

  /// Of somebody with a certificate.
  public static Login of(Credential credential) {
    char[] password = {};
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, password);
      store.setKeyEntry(
          "key", credential.key(), password, credential.chain().toArray(X509Certificate[]::new));
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, password);
      return new Login(null, null, factory.getKeyManagers(), true);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("a key of this process is not taken", e);
    }
  }
}
