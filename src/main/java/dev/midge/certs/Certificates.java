package dev.midge.certs;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The credentials of this server: each is read from the data folder or made when it is first asked
/// for, and made anew before it decays. Any thread; who asks for one that is being made waits.
public final class Certificates {
  /// How long before it would become valid one that must not be valid is made anew.
  private static final Duration NOT_VALID_FOR = Duration.ofDays(180);

  private final CredentialFiles files;
  private final Map<String, Recipe> recipes;
  private final String address;
  private final Issuer issuer = new Issuer();
  private final Map<String, Slot> slots = new HashMap<>();

  /// Where one credential is held. Its lock is taken before those of its authorities.
  private static final class Slot {
    private volatile @Nullable Credential held;
  }

  /// @param folder where they are kept
  /// @param recipes how each is made, by name
  /// @param address the one address at which the server is reached, or an empty string
  public Certificates(Path folder, Map<String, Recipe> recipes, String address) {
    this.address = address;
    this.files = new CredentialFiles(folder);
    this.recipes = recipes;
    recipes.keySet().forEach(name -> slots.put(name, new Slot()));
  }

  /// The credential with this name, which a recipe has.
  ///
  /// @throws CertificateFailure if it can be neither read nor made
  public Credential credential(String name) {
    Recipe recipe = recipe(name);
    Credential credential = slot(recipe).held;
    return credential == null ? current(recipe, Instant.now()) : credential;
  }

  /// The certificate of the root above this name, for clients to trust, and its file.
  public Root root(String name) {
    Recipe recipe = recipe(name);
    while (!recipe.authority().isEmpty()) {
      recipe = recipe(recipe.authority());
    }
    X509Certificate certificate = credential(recipe.name()).certificate();
    return new Root(certificate, files.publicFile(recipe.name()).toAbsolutePath());
  }

  /// The host names and addresses that the certificate with this name is for. It need not be there.
  public List<String> names(String name) {
    return HostNames.of(recipe(name), address);
  }

  /// Whether the authority of this name has revoked a certificate.
  ///
  /// @throws CertificateException if nobody knows
  public boolean isRevoked(String name, X509Certificate certificate) throws CertificateException {
    return files.revocations(recipe(name).authority()).isRevoked(certificate);
  }

  /// What the credential with this name is made from.
  public Recipe recipe(String name) {
    Recipe recipe = recipes.get(name);
    if (recipe == null) {
      throw new IllegalArgumentException("no recipe " + name);
    }
    return recipe;
  }

  /// Who judges the certificates that clients show where this one is shown: the root above it.
  public ClientTrust clientTrust(String name) {
    List<X509Certificate> authorities = new ArrayList<>();
    List<Revocations> revocations = new ArrayList<>();
    Recipe recipe = recipe(recipe(name).authority());
    revocations.add(files.revocations(recipe.name()));
    for (; recipe.kind() != Kind.ROOT; recipe = recipe(recipe.authority())) {
      authorities.add(credential(recipe.name()).certificate());
      revocations.add(files.revocations(recipe.authority()));
    }
    return new ClientTrust(credential(recipe.name()).certificate(), authorities, revocations);
  }

  /// What an authority does for clients.
  ///
  /// @param name the name of its recipe
  public ClientCertificates clients(String name) {
    return new ClientCertificates(files, issuer, name, credential(name));
  }

  /// A root that clients are told to trust.
  ///
  /// @param file where its certificate is, for clients
  public record Root(X509Certificate certificate, Path file) {}

  /// Makes anew what is due by this time, of what has been asked for. It is valid from today on.
  ///
  /// @return the names of what is new
  public Set<String> renew(Instant by) {
    Set<String> renewed = new LinkedHashSet<>();
    Map<Recipe, Credential> before = new LinkedHashMap<>();
    for (Recipe recipe : recipes.values()) {
      Credential held = slot(recipe).held;
      if (held != null) {
        before.put(recipe, held);
      }
    }
    before.forEach((recipe, old) -> {
      if (!current(recipe, by).equals(old)) {
        renewed.add(recipe.name());
      }
    });
    return renewed;
  }

  /// The one there is if it is not due by this time, or a new one.
  private Credential current(Recipe recipe, Instant by) {
    Slot slot = slot(recipe);
    synchronized (slot) {
      Credential authority =
          recipe.authority().isEmpty() ? null : current(recipe(recipe.authority()), by);
      List<String> names = HostNames.of(recipe, address);
      try {
        Credential kept = kept(recipe).orElse(null);
        if (kept == null || !isGood(recipe, names, authority, kept, by)) {
          kept =
              kept != null && authority != null && recipe.kind() == Kind.ROOT
                  ? issuer.cross(recipe, kept, authority, Instant.now())
                  : issuer.make(recipe, names, authority, Instant.now());
          files.write(recipe.name(), kept);
        }
        if (recipe.fault() == Fault.REVOKED) {
          revoke(recipe, authority, kept);
        }
        if (recipe.kind() == Kind.ROOT) {
          files.publish(recipe.name(), kept.certificate());
        }
        slot.held = kept;
        return kept;
      } catch (IOException e) {
        throw new CertificateFailure(
            files.file(recipe.name()) + ": cannot be written (" + e + ").", e);
      }
    }
  }

  /// What is held or stands in the folder. A file that cannot be read is as good as none, but for
  /// that of a root: clients trust it, and no other can take its place.
  private Optional<Credential> kept(Recipe recipe) {
    Credential credential = slot(recipe).held;
    if (credential != null) {
      return Optional.of(credential);
    }
    try {
      return files.read(recipe.name());
    } catch (IOException e) {
      if (recipe.kind() != Kind.ROOT) {
        return Optional.empty();
      }
      throw new CertificateFailure(
          files.file(recipe.name())
              + ": cannot be read: "
              + e.getMessage()
              + ". Put it back, or delete it for a new one, which clients must then be given.",
          e);
    }
  }

  /// Sees to it that it is in the list of those that its authority has revoked.
  private void revoke(Recipe recipe, @Nullable Credential authority, Credential credential) {
    try {
      if (authority != null && !isRevoked(recipe.name(), credential.certificate())) {
        new ClientCertificates(files, issuer, recipe.authority(), authority)
            .revoke(credential.certificate());
      }
    } catch (CertificateException | InvalidRequest e) {
      throw new CertificateFailure(recipe.name() + " cannot be revoked: " + e.getMessage(), e);
    }
  }

  private static boolean isGood(
      Recipe recipe,
      List<String> names,
      @Nullable Credential authority,
      Credential kept,
      Instant by) {
    if (authority == null) {
      return true;
    }
    if (recipe.kind() == Kind.ROOT) { // Clients trust it: only what others say of it may change.
      return isSigned(recipe, authority.certificate(), kept.chain());
    }
    return recipe.key().is(kept.certificate().getPublicKey())
        && names.equals(HostNames.of(kept.certificate()))
        && isSigned(recipe, authority.certificate(), kept.chain())
        && isComplete(recipe, authority, kept)
        && by.isBefore(due(recipe, kept.certificate()));
  }

  /// Whether it comes with all that is shown of its authority.
  private static boolean isComplete(Recipe recipe, Credential authority, Credential kept) {
    return switch (recipe.fault()) {
      case SELF_SIGNED, UNKNOWN_CA, MISSING_INTERMEDIATE, HUGE_CHAIN -> true;
      default ->
          authority.chain().stream()
              .filter(above -> !Issuer.isRoot(above))
              .allMatch(kept.chain()::contains);
    };
  }

  private static boolean isSigned(
      Recipe recipe, X509Certificate authority, List<X509Certificate> chain) {
    if (recipe.fault() == Fault.UNKNOWN_CA || recipe.fault() == Fault.SELF_SIGNED) {
      return true;
    }
    boolean isLast = recipe.fault() == Fault.HUGE_CHAIN || recipe.kind() == Kind.ROOT;
    try {
      (isLast ? chain.getLast() : chain.getFirst()).verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /// When a certificate must be made anew: when a third of its life is left, or before the fault
  /// that it has would heal.
  private static Instant due(Recipe recipe, X509Certificate certificate) {
    Instant begin = certificate.getNotBefore().toInstant();
    Instant end = certificate.getNotAfter().toInstant();
    return switch (recipe.fault()) {
      case EXPIRED -> Instant.MAX;
      case NOT_YET_VALID -> begin.minus(NOT_VALID_FOR);
      default -> end.minus(Duration.between(begin, end).dividedBy(3));
    };
  }

  private Slot slot(Recipe recipe) {
    return Objects.requireNonNull(slots.get(recipe.name()));
  }
}
