package dev.midge.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.certs.Credential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/// An authority that says which of its certificates are revoked, made of OpenSSL. Its own
/// certificate is called `ca`, and what it signs has one serial number.
public final class OcspAuthority {
  /// A usual key.
  public static final String EC = "ec -pkeyopt ec_paramgen_curve:P-256";

  /// That the certificate is good, in the words of OpenSSL's list.
  public static final String GOOD = "V\t491231235959Z\t\t0A\tunknown\t/CN=leaf\n";

  /// That it is not.
  public static final String REVOKED = "R\t491231235959Z\t240101000000Z\t0A\tunknown\t/CN=leaf\n";

  private final Path folder;

  private OcspAuthority(Path folder) {
    this.folder = folder;
  }

  /// A new one.
  ///
  /// @param folder where it keeps its files
  /// @param extensions sections of extensions, in the words of OpenSSL
  public static OcspAuthority in(Path folder, String extensions) throws IOException {
    OcspAuthority authority = new OcspAuthority(folder);
    Files.writeString(folder.resolve("extensions"), extensions);
    authority.root("ca", EC);
    return authority;
  }

  /// One that is there already.
  ///
  /// @param certificateAndKey its own, in PEM
  public static OcspAuthority of(Path folder, String certificateAndKey) throws IOException {
    for (String name : List.of("ca.pem", "ca.key")) {
      Files.writeString(folder.resolve(name), certificateAndKey);
    }
    return new OcspAuthority(folder);
  }

  /// Makes a root.
  public void root(String name, String key) throws IOException {
    Openssl.run(
        "req -x509 -newkey %s -nodes -days 30 -subj /CN=%s -keyout %s -out %s"
            .formatted(key, name, file(name + ".key"), file(name + ".pem")));
  }

  /// Makes a certificate.
  ///
  /// @param signer the name of a root
  /// @param extensions the name of their section
  public void leaf(String name, String signer, String extensions, String key) throws IOException {
    Openssl.run(
        "req -newkey %s -nodes -subj /CN=%s -keyout %s -out %s"
            .formatted(key, name, file(name + ".key"), file(name + ".csr")));
    Openssl.run(
        "x509 -req -in %s -CA %s -CAkey %s -set_serial 10 -days 30 -extfile %s -extensions %s -out %s"
            .formatted(
                file(name + ".csr"),
                file(signer + ".pem"),
                file(signer + ".key"),
                file("extensions"),
                extensions,
                file(name + ".pem")));
  }

  /// What it answers to a question.
  ///
  /// @param index what it knows, in the words of OpenSSL's list
  /// @param signer the name of the certificate in whose name it answers
  /// @param options what else to tell OpenSSL
  public byte[] answer(byte[] request, String index, String signer, String options)
      throws IOException {
    Files.writeString(folder.resolve("index"), index);
    Files.write(folder.resolve("request"), request);
    Files.deleteIfExists(folder.resolve("response"));
    String said =
        Openssl.run(
            ("ocsp -index %s -CA %s -rsigner %s -rkey %s -reqin %s -respout %s " + options)
                .formatted(
                    file("index"),
                    file("ca.pem"),
                    file(signer + ".pem"),
                    file(signer + ".key"),
                    file("request"),
                    file("response"))
                .strip());
    assertThat(folder.resolve("response")).as(said).exists();
    return Files.readAllBytes(folder.resolve("response"));
  }

  /// Certificates by their names, as a server has them, with some key.
  public Credential credential(String... chain) throws GeneralSecurityException, IOException {
    PrivateKey any = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate();
    X509Certificate[] certificates = new X509Certificate[chain.length];
    for (int i = 0; i < chain.length; i++) {
      certificates[i] = certificate(chain[i]);
    }
    return new Credential(any, List.of(certificates));
  }

  /// The certificate with this name.
  public X509Certificate certificate(String name) throws GeneralSecurityException, IOException {
    try (var in = Files.newInputStream(folder.resolve(name + ".pem"))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }
}
