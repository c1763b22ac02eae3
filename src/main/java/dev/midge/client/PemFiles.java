package dev.midge.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Certificates and keys out of PEM files (RFC 7468), for the TLS of the JDK. Problems are told as
/// [InvalidOption].
final class PemFiles {

  private static final Pattern KEY =
      Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([^-]*)-----END [A-Z ]*-----");
  private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA");
  private static final char[] NO_PASSWORD = {};

  private final List<Certificate> certificates = new ArrayList<>();

  /// Adds the certificates of a file.
  void addFile(Path file, String option) {
    Collection<? extends Certificate> found = certificates(read(file, option), file, option);
    if (found.isEmpty()) {
      throw new InvalidOption(option + ": " + file + " has no certificate in it.");
    }
    certificates.addAll(found);
  }

  /// Adds the certificates of all PEM files in a folder.
  void addFolder(Path folder, String option) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
      for (Path file : files) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        if (text.contains("-----BEGIN CERTIFICATE-----")) {
          certificates.addAll(certificates(text, file, option));
        }
      }
    } catch (IOException e) {
      throw new InvalidOption(option + ": " + folder + " is no folder that can be read.", e);
    }
    if (certificates.isEmpty()) {
      throw new InvalidOption(option + ": " + folder + " has no certificate in it.");
    }
  }

  /// Trusts what was added, and what Java trusts if nothing was added or if so asked.
  TrustManagerFactory trust(boolean isJavaTrusted) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      if (certificates.isEmpty()) {
        factory.init((KeyStore) null);
      } else {
        if (isJavaTrusted) {
          certificates.addAll(trustedByJava());
        }
        factory.init(store(certificates));
      }
      return factory;
    } catch (GeneralSecurityException | IOException e) {
      throw new InvalidOption("TLS is not to be had from this Java: " + e.getMessage(), e);
    }
  }

  /// What a client proves itself with.
  static KeyManagerFactory identity(Path certFile, Path keyFile) {
    PrivateKey key = privateKey(keyFile);
    Certificate[] chain =
        certificates(read(certFile, "--cert"), certFile, "--cert").toArray(Certificate[]::new);
    try {
      KeyStore store = store(List.of());
      store.setKeyEntry("client", key, NO_PASSWORD, chain);
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, NO_PASSWORD);
      return factory;
    } catch (GeneralSecurityException | IOException e) {
      throw new InvalidOption("--cert: " + certFile + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static PrivateKey privateKey(Path file) {
    Matcher key = KEY.matcher(read(file, "--key"));
    if (!key.find()) {
      throw new InvalidOption("--key: " + file + " has no private key in it.");
    }
    if (!key.group(1).equals("PRIVATE KEY")) {
      throw new InvalidOption(
          "--key: "
              + file
              + " has its key as "
              + key.group(1)
              + ". Convert it: openssl pkcs8 -topk8"
              + " -nocrypt -in "
              + file
              + " -out key.pem");
    }
    try {
      var spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(key.group(2)));
      for (String algorithm : KEY_ALGORITHMS) {
        PrivateKey read = privateKey(algorithm, spec);
        if (read != null) {
          return read;
        }
      }
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new InvalidOption("--key: " + file + " has no private key that can be read.", e);
    }
    throw new InvalidOption(
        "--key: " + file + " must have a key of one of " + KEY_ALGORITHMS + " in it.");
  }

  private static @Nullable PrivateKey privateKey(String algorithm, PKCS8EncodedKeySpec spec)
      throws GeneralSecurityException {
    try {
      return KeyFactory.getInstance(algorithm).generatePrivate(spec);
    } catch (InvalidKeySpecException ofAnotherAlgorithm) {
      return null;
    }
  }

  private static List<Certificate> trustedByJava() throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    return factory.getTrustManagers()[0] instanceof X509TrustManager manager
        ? List.of(manager.getAcceptedIssuers())
        : List.of();
  }

  private static KeyStore store(List<Certificate> certificates)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("ca-" + store.size(), certificate);
    }
    return store;
  }

  private static Collection<? extends Certificate> certificates(
      String text, Path file, String option) {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(
              new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (CertificateException e) {
      throw new InvalidOption(option + ": " + file + " has no certificate that can be read.", e);
    }
  }

  private static String read(Path file, String option) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new InvalidOption(option + ": there is no file " + file + ".", e);
    } catch (IOException e) {
      throw new InvalidOption(option + ": " + file + " cannot be read.", e);
    }
  }
}
