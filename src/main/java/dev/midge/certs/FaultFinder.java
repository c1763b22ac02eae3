package dev.midge.certs;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Looks at the certificates that a listener shows as the most careful client would, and finds all
/// that is wrong with them: independent of how they were made. Any thread.
public final class FaultFinder {
  private static final String HOST = "localhost";
  private static final int RECORD_BYTES_MAX = 16 << 10;

  private final Certificates certificates;

  public FaultFinder(Certificates certificates) {
    this.certificates = certificates;
  }

  /// What was found.
  ///
  /// @param faults what is wrong that has a name
  /// @param others what is wrong that has none, in clauses
  public record Findings(Set<Fault> faults, List<String> others) {}

  /// Looks at what is shown, as a client that asks for `localhost`.
  ///
  /// @param name the name of the certificate that is to be shown
  /// @param chain what is shown, the certificate of the key first
  public Findings find(String name, List<X509Certificate> chain, Instant now) {
    X509Certificate leaf = chain.getFirst();
    if (certificates.isGiven(
        name)) { // Of a public authority, for a public name: others judge that.
      Findings findings = nothing();
      findTime(leaf, now, findings);
      return findings;
    }
    Findings findings = find(new Own(name), HOST, chain, now);
    if (!certificates.recipe(name).key().is(leaf.getPublicKey())) {
      findings.others.add("its key is not " + certificates.recipe(name).key());
    }
    return findings;
  }

  /// Looks at what is shown by a server that anybody may run.
  ///
  /// @param trust what is known of it
  /// @param host the name or address that was asked for
  /// @param chain what is shown, the certificate of the key first
  public static Findings find(
      ServerTrust trust, String host, List<X509Certificate> chain, Instant now) {
    Findings findings = nothing();
    try {
      X509Certificate leaf = chain.getFirst();
      findTime(leaf, now, findings);
      findNames(leaf, host, findings);
      findAuthority(trust, chain, now, findings);
      if (bytes(chain) > RECORD_BYTES_MAX) {
        findings.faults.add(Fault.HUGE_CHAIN);
      }
      if (trust.isRevoked(leaf)) {
        findings.faults.add(Fault.REVOKED);
      }
    } catch (CertificateException e) {
      findings.others.add("it cannot be judged: " + e.getMessage());
    }
    return findings;
  }

  private static Findings nothing() {
    return new Findings(EnumSet.noneOf(Fault.class), new ArrayList<>());
  }

  /// What this server knows of itself.
  private final class Own implements ServerTrust {
    private final String name;

    private Own(String name) {
      this.name = name;
    }

    @Override
    public X509Certificate root() {
      return certificates.root(name).certificate();
    }

    @Override
    public List<X509Certificate> authorities() {
      return List.of(certificates.credential(certificates.recipe(name).authority()).certificate());
    }

    @Override
    public boolean isRevoked(X509Certificate certificate) throws CertificateException {
      return certificates.isRevoked(name, certificate);
    }
  }

  private static void findTime(X509Certificate leaf, Instant now, Findings findings) {
    if (now.isAfter(leaf.getNotAfter().toInstant())) {
      findings.faults.add(Fault.EXPIRED);
    }
    if (now.isBefore(leaf.getNotBefore().toInstant())) {
      findings.faults.add(Fault.NOT_YET_VALID);
    }
  }

  private static void findNames(X509Certificate leaf, String host, Findings findings)
      throws CertificateException {
    Collection<List<?>> names = leaf.getSubjectAlternativeNames();
    if (names == null) {
      findings.faults.add(Fault.NO_NAMES);
    } else if (names.stream().noneMatch(name -> isFor(String.valueOf(name.get(1)), host))) {
      findings.faults.add(Fault.WRONG_HOST);
    }
  }

  private static boolean isFor(String name, String host) {
    return name.equalsIgnoreCase(host)
        || (name.startsWith("*.") && name.equalsIgnoreCase(host.replaceFirst("[^.]*", "*")));
  }

  /// Goes from one certificate to that of its authority, up to our root or to where it ends.
  private static void findAuthority(
      ServerTrust trust, List<X509Certificate> chain, Instant now, Findings findings) {
    X509Certificate root = trust.root();
    X509Certificate top = chain.getFirst();
    List<X509Certificate> rest = new ArrayList<>(chain.subList(1, chain.size()));
    while (!isSignedBy(top, root)) {
      X509Certificate below = top;
      X509Certificate above =
          rest.stream()
              .filter(next -> !next.equals(below) && isSignedBy(below, next))
              .findFirst()
              .orElse(null);
      if (above == null) {
        findings.faults.add(end(trust, chain.getFirst(), top));
        break;
      }
      rest.remove(above);
      top = above;
      if (now.isBefore(top.getNotBefore().toInstant())
          || now.isAfter(top.getNotAfter().toInstant())
          || top.getBasicConstraints() < 0) {
        findings.others.add("'" + top.getSubjectX500Principal() + "' is no valid authority");
      }
    }
    // By one of the root's key another root vouches for it.
    rest.removeIf(one -> one.getPublicKey().equals(root.getPublicKey()));
    if (!rest.isEmpty()) {
      findings.others.add("it shows certificates that do not belong to it");
    }
  }

  /// What is wrong with a chain that ends with this certificate.
  private static Fault end(ServerTrust trust, X509Certificate leaf, X509Certificate top) {
    if (isSignedBy(top, top)) {
      return top.equals(leaf) ? Fault.SELF_SIGNED : Fault.UNKNOWN_CA;
    }
    return trust.authorities().stream().anyMatch(authority -> isSignedBy(top, authority))
        ? Fault.MISSING_INTERMEDIATE
        : Fault.UNKNOWN_CA;
  }

  private static boolean isSignedBy(X509Certificate below, X509Certificate above) {
    if (!below.getIssuerX500Principal().equals(above.getSubjectX500Principal())) {
      return false;
    }
    try {
      below.verify(above.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static int bytes(List<X509Certificate> chain) throws CertificateEncodingException {
    int bytes = 0;
    for (X509Certificate certificate : chain) {
      bytes += certificate.getEncoded().length;
    }
    return bytes;
  }
}
