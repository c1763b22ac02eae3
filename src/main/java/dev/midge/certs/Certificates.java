package dev.midge.certs;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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
  private final List<String> hosts;
  private final Issuer issuer = new Issuer();
  private final RootKeeper roots;
  private final Map<String, Slot> slots = new HashMap<>();
  private volatile TlsChallenges proofs = TlsChallenges.NONE;
  private volatile @Nullable StatusAnswer status;

  /// Where one credential is held. Its lock is taken before those of its authorities.
  private static final class Slot {
    private volatile @Nullable Credential held;
    private volatile @Nullable Credential given;
  }

  /// @param folder where they are kept
  /// @param recipes how each is made, by name
  /// @param hosts the names and addresses at which the server is reached, besides that of the
  ///   machine
  public Certificates(Path folder, Map<String, Recipe> recipes, List<String> hosts) {
    this.hosts = List.copyOf(hosts);
    this.files = new CredentialFiles(folder);
    this.roots = new RootKeeper(files, issuer);
    this.recipes = recipes;
    recipes.keySet().forEach(name -> slots.put(name, new Slot()));
  }

  /// The same for a server that is reached at one address, or, if that is empty, at the machine's.
  public Certificates(Path folder, Map<String, Recipe> recipes, String address) {
    this(folder, recipes, address.isEmpty() ? List.of() : List.of(address));
  }

  /// The credential with this name, which a recipe has.
  ///
  /// @throws CertificateFailure if it can be neither read nor made
  public Credential credential(String name) {
    Recipe recipe = recipe(name);
    Credential given = slot(recipe).given;
    if (given != null) {
      return given;
    }
    Credential credential = slot(recipe).held;
    return credential == null ? current(recipe, Instant.now()) : credential;
  }

  /// Puts one that others have made in the place of the one with this name.
  public void give(String name, Credential credential) {
    slot(recipe(name)).given = credential;
  }

  /// Whether the one with this name was made by others.
  public boolean isGiven(String name) {
    return slot(recipe(name)).given != null;
  }

  /// Has authorities that look whether a host is ours shown what these say.
  public void prove(TlsChallenges challenges) {
    proofs = challenges;
  }

  /// What to show to such an authority at the moment.
  public Optional<Credential> proof() {
    return proofs.proof();
  }

  /// Takes up what an authority says of a certificate that it made: that it is good is shown with
  /// it from now on, and nothing if it is not. There is one such certificate at most.
  ///
  /// @return whether that was news; what is older than what it has said is not
  public synchronized boolean hear(StatusAnswer said) {
    StatusAnswer before = status;
    if (before != null
        && before.certificate().equals(said.certificate())
        && said.since().isBefore(before.since())) {
      return false;
    }
    status = said;
    return true;
  }

  /// What to show with a certificate at this time, in the words of its authority, if anything.
  public Optional<byte[]> staple(X509Certificate certificate, Instant now) {
    return Optional.ofNullable(status)
        .filter(said -> said.certificate().equals(certificate))
        .filter(said -> !said.isRevoked() && now.isBefore(said.until()))
        .map(StatusAnswer::response);
  }

  /// Whether there is a recipe with this name.
  public boolean has(String name) {
    return recipes.containsKey(name);
  }

  /// The certificate of the root above this name, for clients to trust, and its file.
  public Root root(String name) {
    Recipe recipe = rootRecipe(name);
    X509Certificate certificate = credential(recipe.name()).certificate();
    return new Root(certificate, files.publicFile(recipe.name()).toAbsolutePath());
  }

  /// The root whose clients are to trust the certificate with this name: the next one above it,
  /// once that is made, and until then one that vouches for it; nothing where a public authority
  /// has signed.
  public Optional<Root> trusted(String name) {
    if (isGiven(name)) {
      return Optional.empty();
    }
    Recipe next = recipe(name);
    while (next.kind() != Kind.ROOT) {
      next = recipe(next.authority());
    }
    Credential held = slot(next).held;
    return Optional.of(
        held == null
            ? root(name)
            : new Root(held.certificate(), files.publicFile(next.name()).toAbsolutePath()));
  }

  /// The host that a public authority has signed the certificate with this name for, if it has.
  public Optional<String> publicHost(String name) {
    Credential given = slot(recipe(name)).given;
    return Optional.ofNullable(given)
        .flatMap(credential -> HostNames.of(credential.certificate()).stream().findFirst());
  }

  /// The names of all roots.
  public List<String> roots() {
    return recipes.values().stream()
        .filter(recipe -> recipe.kind() == Kind.ROOT)
        .map(Recipe::name)
        .sorted()
        .toList();
  }

  /// What is known of a root that has taken the place of another, while clients of either are
  /// served.
  public Optional<Overlap> overlap(String name) {
    Recipe root = rootRecipe(name);
    try {
      return roots.overlap(root, credential(root.name()));
    } catch (IOException e) {
      throw new CertificateFailure(e.getMessage() + " cannot be read", e);
    }
  }

  /// Puts another root in the place of the one above this name. What is below it follows at the
  /// next renewal.
  ///
  /// @param brought the other, or nothing for one that is made
  /// @param overlap how long clients that trust the former one are still served
  /// @return whether it was another
  /// @throws CertificateFailure if the one that was brought will not do, or nothing can be written
  public boolean replaceRoot(String name, Optional<BroughtRoot> brought, Duration overlap) {
    Recipe root = rootRecipe(name);
    try {
      Credential next =
          brought.isPresent()
              ? brought.get().read()
              : issuer.make(roots.successor(root), List.of(), null, Instant.now());
      synchronized (slot(root)) {
        if (roots.has(root, next.certificate())) {
          return false;
        }
        roots.replace(root, next, overlap);
        return true;
      }
    } catch (IOException e) {
      throw new CertificateFailure(files.file(root.name()) + ": " + e.getMessage(), e);
    }
  }

  private Recipe rootRecipe(String name) {
    Recipe recipe = recipe(name);
    while (!recipe.authority().isEmpty()) {
      recipe = recipe(recipe.authority());
    }
    return recipe;
  }

  /// The host names and addresses that the certificate with this name is for. It need not be there.
  public List<String> names(String name) {
    return HostNames.of(recipe(name), hosts);
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

  /// What is in use at the moment, by name.
  public List<InUse> inUse() {
    List<InUse> all = new ArrayList<>();
    for (Recipe recipe : recipes.values()) {
      Credential held = slot(recipe).held;
      Credential given = slot(recipe).given;
      if (given != null) {
        all.add(
            new InUse(
                recipe.name(),
                recipe.kind(),
                recipe.fault(),
                given.certificate(),
                Optional.empty()));
      } else if (held != null) {
        all.add(inUse(recipe, held.certificate()));
      }
    }
    all.sort(Comparator.comparing(InUse::name));
    return List.copyOf(all);
  }

  private static InUse inUse(Recipe recipe, X509Certificate certificate) {
    Optional<Instant> due =
        recipe.kind() == Kind.ROOT || recipe.fault() == Fault.EXPIRED
            ? Optional.empty()
            : Optional.of(due(recipe, certificate));
    return new InUse(recipe.name(), recipe.kind(), recipe.fault(), certificate, due);
  }

  /// A certificate that is in use.
  ///
  /// @param due when it is made anew here, if ever
  public record InUse(
      String name, Kind kind, Fault fault, X509Certificate certificate, Optional<Instant> due) {}

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
      if (recipe.kind() == Kind.ROOT) {
        Credential root = currentRoot(recipe, by);
        if (!recipe.authority().isEmpty()) {
          root = vouchedFor(recipe, root, current(recipe(recipe.authority()), by));
        }
        slot.held = root;
        return root;
      }
      Credential authority = current(recipe(recipe.authority()), by);
      List<String> names = HostNames.of(recipe, hosts);
      try {
        Credential kept = kept(recipe).orElse(null);
        Credential now =
            kept == null || !isGood(recipe, names, authority, kept, by)
                ? makeAnew(recipe, names, authority, kept)
                : underAuthority(recipe, authority, kept);
        if (!now.equals(kept)) {
          files.write(recipe.name(), now);
        }
        if (recipe.fault() == Fault.REVOKED) {
          revoke(recipe, authority, now);
        }
        slot.held = now;
        return now;
      } catch (IOException e) {
        throw new CertificateFailure(
            files.file(recipe.name()) + ": cannot be written (" + e + ").", e);
      }
    }
  }

  /// Makes a new one. An authority whose root has been replaced keeps its key, and all that it has
  /// signed stays good.
  private Credential makeAnew(
      Recipe recipe, List<String> names, Credential authority, @Nullable Credential kept) {
    boolean isReplaced = recipe.kind() == Kind.INTERMEDIATE && authority.chain().size() > 1;
    return isReplaced && kept != null && recipe.key().is(kept.certificate().getPublicKey())
        ? issuer.again(recipe, kept, authority, Instant.now())
        : issuer.make(recipe, names, authority, Instant.now());
  }

  /// The same one, shown with the authorities that it has now.
  private static Credential underAuthority(Recipe recipe, Credential authority, Credential kept) {
    return switch (recipe.fault()) {
      case SELF_SIGNED, UNKNOWN_CA, MISSING_INTERMEDIATE, HUGE_CHAIN -> kept;
      default -> new Credential(kept.key(), Issuer.chain(recipe, kept.certificate(), authority));
    };
  }

  /// What is held or stands in the folder. A file that cannot be read is as good as none.
  private Optional<Credential> kept(Recipe recipe) {
    Credential credential = slot(recipe).held;
    try {
      return credential == null ? files.read(recipe.name()) : Optional.of(credential);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// A root is read anew each time, because a command beside this process may have replaced it.
  /// Clients trust it, and no other can take its place unless somebody says so.
  private Credential currentRoot(Recipe recipe, Instant by) {
    try {
      return roots.current(recipe, by);
    } catch (IOException e) {
      throw new CertificateFailure(
          files.file(recipe.name())
              + ": cannot be read: "
              + e.getMessage()
              + ". Put it back, or delete it for a new one, which clients must then be given.",
          e);
    }
  }

  /// Sees to it that it is in the list of those that its authority has revoked.
  private void revoke(Recipe recipe, Credential authority, Credential credential) {
    try {
      if (!isRevoked(recipe.name(), credential.certificate())) {
        new ClientCertificates(files, issuer, recipe.authority(), authority)
            .revokeServer(credential.certificate());
      }
    } catch (CertificateException e) {
      throw new CertificateFailure(recipe.name() + " cannot be revoked: " + e.getMessage(), e);
    }
  }

  /// The same root, with a certificate by which another vouches for it: who trusts that one trusts
  /// it, too.
  private Credential vouchedFor(Recipe recipe, Credential root, Credential other) {
    if (isSignedByOne(root.chain(), other.certificate())) {
      return root;
    }
    Instant end = root.certificate().getNotAfter().toInstant();
    List<X509Certificate> chain = new ArrayList<>(List.of(root.certificate()));
    chain.add(issuer.vouch(root.certificate(), other, Instant.now(), end));
    chain.addAll(other.chain().subList(1, other.chain().size()));
    Credential vouchedFor = new Credential(root.key(), List.copyOf(chain));
    try {
      files.write(recipe.name(), vouchedFor);
      return vouchedFor;
    } catch (IOException e) {
      throw new CertificateFailure(
          files.file(recipe.name()) + ": cannot be written (" + e + ").", e);
    }
  }

  private static boolean isGood(
      Recipe recipe, List<String> names, Credential authority, Credential kept, Instant by) {
    return (recipe.key().is(kept.certificate().getPublicKey())
        && names.equals(HostNames.of(kept.certificate()))
        && isSigned(recipe, authority.certificate(), kept.chain())
        && by.isBefore(due(recipe, kept.certificate())));
  }

  private static boolean isSigned(
      Recipe recipe, X509Certificate authority, List<X509Certificate> chain) {
    return switch (recipe.fault()) {
      case UNKNOWN_CA, SELF_SIGNED -> true;
      case HUGE_CHAIN -> isSignedByOne(chain, authority);
      default -> isSignedByOne(chain.subList(0, 1), authority);
    };
  }

  /// Whether one of these certificates is signed by an authority.
  private static boolean isSignedByOne(List<X509Certificate> chain, X509Certificate authority) {
    return chain.stream().anyMatch(certificate -> isSignedBy(certificate, authority));
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate authority) {
    try {
      certificate.verify(authority.getPublicKey());
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
