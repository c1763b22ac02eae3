package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.certs.Certificates;
import dev.midge.certs.ClientCertificates;
import dev.midge.certs.Overlap;
import dev.midge.certs.RootForms;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The certificate to trust, and the list of those that are revoked, as files. The forms of the
/// certificate are made once: a key store would be another one each time. Any thread.
final class Downloads {
  private static final Map<String, Form> FORMS =
      Map.of(
          "/ca.crt", new Form(Answers.PEM, RootForms::pem),
          "/ca.pem", new Form(Answers.PEM, RootForms::pem),
          "/ssl/midge.crt", new Form(Answers.PEM, RootForms::pem),
          "/ca.der", new Form("application/pkix-cert", RootForms::der),
          "/ca.h", new Form(Answers.TEXT, RootForms::header),
          "/ca.p12", new Form("application/x-pkcs12", root -> root.keyStore("PKCS12")),
          "/ca.jks", new Form("application/x-java-keystore", root -> root.keyStore("JKS")),
          "/ca.sha256",
              new Form(Answers.TEXT, root -> (root.fingerprint() + "\n").getBytes(UTF_8)));

  /// A form of the certificate.
  private record Form(String type, Function<RootForms, byte[]> maker) {}

  /// All forms of one certificate.
  private record Made(X509Certificate of, Map<String, Answer> answers) {}

  private final Supplier<X509Certificate> root;
  private final Supplier<Optional<Overlap>> former;
  private final Supplier<ClientCertificates> clients;
  private final Pages pages;
  private @Nullable Made made;

  /// @param root the certificate that clients are told to trust at the moment
  /// @param clients who revokes
  /// @param former the one before it, while clients may still trust that
  Downloads(
      Supplier<X509Certificate> root,
      Supplier<Optional<Overlap>> former,
      Supplier<ClientCertificates> clients,
      Pages pages) {
    this.root = root;
    this.former = former;
    this.clients = clients;
    this.pages = pages;
  }

  /// Adds all of it to the paths of the site.
  void addTo(Map<String, Resource> resources) {
    FORMS.keySet().forEach(path -> resources.put(path, Resource.get(_ -> form(path))));
    resources.put("/ca-former.crt", Resource.get(this::former));
    resources.put(
        "/crl.pem",
        Resource.get(
            _ -> Answers.shared(Answers.of(200, Answers.PEM, clients.get().revoked().pem()))));
    resources.put(
        "/crl.der",
        Resource.get(_ ->
            Answers.shared(
                Answers.of(200, "application/pkix-crl", clients.get().revoked().der()))));
  }

  /// Another root, for those who can do nothing with the usual one.
  static Answer root(Certificates certificates, String name) {
    RootForms forms = new RootForms(certificates.credential(name).certificate());
    return Answers.shared(Answers.of(200, Answers.PEM, forms.pem()));
  }

  /// The certificate that clients may still trust, while they may.
  private Answer former(Request request) {
    return former
        .get()
        .map(overlap -> new RootForms(overlap.former()))
        .map(forms -> Answers.shared(Answers.of(200, Answers.PEM, forms.pem())))
        .orElseGet(() -> pages.error(request, 404, "No other root is in force beside this one."));
  }

  private synchronized Answer form(String path) {
    X509Certificate certificate = root.get();
    Made current = made;
    if (current == null || !current.of().equals(certificate)) {
      RootForms forms = new RootForms(certificate);
      Map<String, Answer> answers = new HashMap<>();
      FORMS.forEach((name, form) ->
          answers.put(
              name, Answers.shared(Answers.of(200, form.type(), form.maker().apply(forms)))));
      current = new Made(certificate, Map.copyOf(answers));
      made = current;
    }
    return Objects.requireNonNull(current.answers().get(path));
  }
}
