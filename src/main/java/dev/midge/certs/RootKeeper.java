package dev.midge.certs;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Keeps the roots, and puts one in the place of another so that for a while clients of either find
/// what they trust. The caller sees to it that one at a time does.
///
/// During that overlap the former root vouches for the new one: the chains that are shown end with
/// a certificate for the key of the new root that the former has signed. Who trusts the new root
/// needs no more than that; who trusts the former goes one step further. The certificate ends when
/// the overlap does. What is below the root keeps its keys, so that what those have signed, the
/// certificates of clients too, is good under either.
final class RootKeeper {
  /// A certificate that ends is shown no more this long before, as renewal comes once an hour.
  private static final Duration AHEAD = Duration.ofHours(2);

  /// What may be below a root that vouches for another: that, and an intermediate.
  private static final int PATH_LENGTH = 2;

  /// What stands behind the common name of a root that was made in the place of another.
  private static final Pattern GENERATION = Pattern.compile("CN=[^,]* ([0-9]{1,4})(,|$)");

  private final CredentialFiles files;
  private final Issuer issuer;

  RootKeeper(CredentialFiles files, Issuer issuer) {
    this.files = files;
    this.issuer = issuer;
  }

  /// The root that stands in the folder, or a new one where there is none. It comes first in its
  /// chain; what the former root says of it comes after, unless that ends by this time.
  ///
  /// @throws IOException if the one that is there cannot be read or written
  Credential current(Recipe recipe, Instant by) throws IOException {
    Optional<Credential> kept = files.read(recipe.name());
    Credential root = kept.orElseGet(() -> issuer.make(recipe, List.of(), null, Instant.now()));
    Credential shown = withoutEnded(root, by);
    if (kept.isEmpty() || !shown.equals(root)) {
      files.write(recipe.name(), shown);
    }
    files.publish(recipe.name(), shown.certificate());
    return shown;
  }

  /// Puts another root in the place of what stands in the folder.
  ///
  /// @param overlap how long clients of the former root find it; zero for not at all
  /// @throws IOException if something cannot be read or written
  void replace(Recipe recipe, Credential next, Duration overlap) throws IOException {
    Instant now = Instant.now();
    List<X509Certificate> chain = new ArrayList<>(List.of(next.certificate()));
    Optional<Credential> former = files.read(recipe.name());
    if (former.isPresent() && overlap.isPositive()) {
      if (former.get().certificate().getBasicConstraints() < PATH_LENGTH) {
        throw new IOException(
            "the former root may not vouch for another (pathlen); go without an overlap");
      }
      files.publish(former(recipe.name()), former.get().certificate());
      chain.add(issuer.vouch(next.certificate(), former.get(), now, now.plus(overlap)));
    }
    files.write(recipe.name(), new Credential(next.key(), List.copyOf(chain)));
    files.publish(recipe.name(), next.certificate());
  }

  /// The recipe of the next root that is made: its name tells it from the one that is there.
  Recipe successor(Recipe recipe) throws IOException {
    int next =
        files
            .read(recipe.name())
            .map(kept -> GENERATION.matcher(kept.certificate().getSubjectX500Principal().getName()))
            .map(matcher -> matcher.find() ? Integer.parseInt(matcher.group(1)) + 1 : 2)
            .orElse(1);
    return next == 1 ? recipe : recipe.called(recipe.subject() + " " + next);
  }

  /// Whether this very root stands in the folder.
  boolean has(Recipe recipe, X509Certificate root) throws IOException {
    return files.read(recipe.name()).filter(kept -> kept.certificate().equals(root)).isPresent();
  }

  /// The overlap that a root is in, if it is in one.
  Optional<Overlap> overlap(Recipe recipe, Credential root) throws IOException {
    if (root.chain().size() < 2) {
      return Optional.empty();
    }
    Instant until = root.chain().getLast().getNotAfter().toInstant();
    return files
        .published(former(recipe.name()))
        .filter(former ->
            root.chain()
                .getLast()
                .getIssuerX500Principal()
                .equals(former.getSubjectX500Principal()))
        .map(former -> new Overlap(former, until));
  }

  private static String former(String name) {
    return name + "-former";
  }

  private static Credential withoutEnded(Credential root, Instant by) {
    return new Credential(
        root.key(),
        root.chain().stream()
            .filter(certificate ->
                certificate.equals(root.certificate())
                    || by.plus(AHEAD).isBefore(certificate.getNotAfter().toInstant()))
            .toList());
  }
}
