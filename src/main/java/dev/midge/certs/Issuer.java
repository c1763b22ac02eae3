package dev.midge.certs;

import dev.midge.config.Place;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/// Makes certificates from recipes. What is right about them is what RFC 5280 asks for, all of it,
/// so that the strictest client accepts them.
final class Issuer {
  /// How far back a certificate begins, for clients whose clocks are slow.
  private static final Duration BACKDATED = Duration.ofDays(1);

  /// How long a certificate has ended already, or is yet to begin, where that is its fault.
  private static final Duration EXPIRED_SINCE = Duration.ofDays(1);

  private static final Duration BEGINS_IN = Duration.ofDays(365);
  private static final int SERIAL_BITS = 127;

  /// With these, a chain has more than 16 KiB, and still less than the 32 KiB and ten certificates
  /// that Java takes.
  private static final int LADDER_RUNGS = 7;

  private static final int LADDER_NAMES = 70;

  private final SecureRandom random = new SecureRandom();

  /// What a certificate says of its holder.
  private record Holder(Kind kind, String subject, List<String> names, PublicKey key) {}

  /// The time in which a certificate is valid.
  private record Validity(Instant begin, Instant end) {}

  /// Makes a key and its certificate.
  ///
  /// @param names the recipe's, as they are on this machine
  /// @param authority who signs it, or null for a root
  Credential make(Recipe recipe, List<String> names, @Nullable Credential authority, Instant now) {
    try {
      KeyPair keys = recipe.key().generate();
      Holder holder = new Holder(recipe.kind(), recipe.subject(), names, keys.getPublic());
      if (authority == null || recipe.fault() == Fault.SELF_SIGNED) {
        X509Certificate own =
            sign(holder, validity(recipe, now), keys, name(holder), keys.getPublic());
        return new Credential(keys.getPrivate(), List.of(own));
      }
      Credential signer =
          switch (recipe.fault()) {
            case UNKNOWN_CA -> stranger(authority, now);
            case HUGE_CHAIN -> ladder(recipe, authority, now);
            default -> authority;
          };
      X509Certificate own = sign(holder, validity(recipe, now), signer);
      return new Credential(keys.getPrivate(), chain(recipe, own, signer));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new CertificateFailure(recipe.place().file() + ": cannot be made: " + e, e);
    }
  }

  /// Makes another certificate for the key of an authority that has come under another root.
  Credential again(Recipe recipe, Credential kept, Credential authority, Instant now) {
    try {
      Holder holder =
          new Holder(recipe.kind(), recipe.subject(), List.of(), kept.certificate().getPublicKey());
      X509Certificate own = sign(holder, validity(recipe, now), authority);
      return new Credential(kept.key(), chain(recipe, own, authority));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new CertificateFailure(recipe.place().file() + ": cannot be made: " + e, e);
    }
  }

  /// Authorities one below the other, each with very many names, that are forgotten when the last
  /// has signed once.
  private Credential ladder(Recipe recipe, Credential authority, Instant now)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    Credential last = authority;
    for (int rung = 1; rung <= LADDER_RUNGS; rung++) {
      KeyPair keys = KeyKind.ECDSA_P256.generate();
      List<String> names = new ArrayList<>();
      for (int i = 0; i < LADDER_NAMES; i++) {
        names.add("name-%03d.authority-%d.midge.example".formatted(i, rung));
      }
      String subject = "Midge Authority " + rung + " of " + LADDER_RUNGS;
      Holder holder = new Holder(Kind.ROOT, subject, names, keys.getPublic());
      X509Certificate own = sign(holder, validity(recipe, now), last);
      List<X509Certificate> chain = new ArrayList<>(List.of(own));
      last.chain().stream().filter(certificate -> !isRoot(certificate)).forEach(chain::add);
      last = new Credential(keys.getPrivate(), List.copyOf(chain));
    }
    return last;
  }

  /// Has one root vouch for another: makes a certificate for the other's name and key.
  ///
  /// @param end when it ends, unless the one who vouches does before
  X509Certificate vouch(X509Certificate root, Credential former, Instant now, Instant end) {
    try {
      Instant last = former.certificate().getNotAfter().toInstant();
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              subject(former.certificate()),
              serial(),
              Date.from(now.minus(BACKDATED)),
              Date.from(end.isBefore(last) ? end : last),
              subject(root),
              root.getPublicKey());
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          ids.createSubjectKeyIdentifier(root.getPublicKey()));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          ids.createAuthorityKeyIdentifier(former.certificate().getPublicKey()));
      addPurpose(builder, new Holder(Kind.ROOT, "", List.of(), root.getPublicKey()));
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer(former.key())));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new CertificateFailure("no root can vouch for another: " + e, e);
    }
  }

  /// Makes a certificate for a client.
  ///
  /// @param life how long it lives
  X509Certificate client(
      String commonName,
      PublicKey key,
      Duration life,
      Variant variant,
      Credential authority,
      Instant now) {
    Fault fault =
        switch (variant) {
          case EXPIRED -> Fault.EXPIRED;
          case NOT_YET_VALID -> Fault.NOT_YET_VALID;
          case GOOD, REVOKED, FOREIGN -> Fault.NONE;
        };
    try {
      return sign(
          new Holder(Kind.CLIENT, commonName, List.of(), key),
          validity(fault, life, now),
          variant == Variant.FOREIGN ? stranger(authority, now) : authority);
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new CertificateFailure("no certificate can be made for a client: " + e, e);
    }
  }

  /// Makes the list of the certificates that an authority has revoked.
  ///
  /// @param revoked their serial numbers, and when they were revoked
  X509CRL revoke(Map<BigInteger, Instant> revoked, Credential authority, Instant now) {
    try {
      X509v2CRLBuilder builder =
          new X509v2CRLBuilder(subject(authority.certificate()), Date.from(now));
      builder.setNextUpdate(authority.certificate().getNotAfter());
      revoked.forEach((serial, when) -> builder.addCRLEntry(serial, Date.from(when), 0));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils()
              .createAuthorityKeyIdentifier(authority.certificate().getPublicKey()));
      builder.addExtension(
          Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(now.toEpochMilli())));
      return new JcaX509CRLConverter().getCRL(builder.build(signer(authority.key())));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new CertificateFailure("no list of revoked certificates can be made: " + e, e);
    }
  }

  private X509Certificate sign(Holder holder, Validity validity, Credential authority)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    X509Certificate above = authority.certificate();
    return sign(
        holder,
        validity,
        new KeyPair(above.getPublicKey(), authority.key()),
        subject(above),
        above.getPublicKey());
  }

  private static X500Name subject(X509Certificate certificate) {
    return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
  }

  private static ContentSigner signer(PrivateKey key) throws OperatorCreationException {
    return new JcaContentSignerBuilder(KeyKind.signatureAlgorithm(key)).build(key);
  }

  /// What clients are shown: all but the root, which they must have, or not.
  static List<X509Certificate> chain(Recipe recipe, X509Certificate own, Credential signer) {
    List<X509Certificate> chain = new ArrayList<>(List.of(own));
    if (recipe.fault() == Fault.UNKNOWN_CA) {
      chain.addAll(signer.chain());
    } else if (recipe.fault() != Fault.MISSING_INTERMEDIATE) {
      signer.chain().stream().filter(certificate -> !isRoot(certificate)).forEach(chain::add);
    }
    return List.copyOf(chain);
  }

  /// Whether a certificate is its own authority.
  static boolean isRoot(X509Certificate certificate) {
    if (!certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
      return false;
    }
    try {
      certificate.verify(certificate.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // One with the same name has signed it.
    }
  }

  /// A root that is forgotten when it has signed once.
  private Credential stranger(Credential authority, Instant now) {
    X509Certificate like = authority.certificate();
    Duration life = Duration.between(now, like.getNotAfter().toInstant());
    Recipe recipe =
        new Recipe(
            "unknown-ca",
            new Place("unknown-ca", 0),
            Kind.ROOT,
            "Midge Unknown CA",
            "",
            KeyKind.ECDSA_P256,
            (int) life.toDays(),
            List.of(),
            Fault.NONE,
            false);
    return make(recipe, List.of(), null, now);
  }

  private static Validity validity(Recipe recipe, Instant now) {
    return validity(recipe.fault(), Duration.ofDays(recipe.days()), now);
  }

  private static Validity validity(Fault fault, Duration life, Instant now) {
    return switch (fault) {
      case EXPIRED -> {
        Instant end = now.minus(EXPIRED_SINCE);
        yield new Validity(end.minus(life), end);
      }
      case NOT_YET_VALID -> {
        Instant begin = now.plus(BEGINS_IN);
        yield new Validity(begin, begin.plus(life));
      }
      default -> new Validity(now.minus(BACKDATED), now.plus(life));
    };
  }

  private X509Certificate sign(
      Holder holder, Validity validity, KeyPair signer, X500Name issuer, PublicKey issuerKey)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            serial(),
            Date.from(validity.begin()),
            Date.from(validity.end()),
            name(holder),
            holder.key());
    JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
    builder.addExtension(
        Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(holder.key()));
    builder.addExtension(
        Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(issuerKey));
    addPurpose(builder, holder);
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(signer(signer.getPrivate())));
  }

  private BigInteger serial() {
    return new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE);
  }

  private static void addPurpose(X509v3CertificateBuilder builder, Holder holder)
      throws IOException {
    builder.addExtension(
        Extension.basicConstraints,
        true,
        switch (holder.kind()) {
          case ROOT -> new BasicConstraints(true);
          case INTERMEDIATE -> new BasicConstraints(0);
          case SERVER, CLIENT -> new BasicConstraints(false);
        });
    if (!holder.names().isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName, false, alternativeNames(holder.names()));
    }
    if (holder.kind() == Kind.ROOT || holder.kind() == Kind.INTERMEDIATE) {
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      return;
    }
    boolean isRsa = holder.key().getAlgorithm().equals("RSA");
    builder.addExtension(
        Extension.keyUsage,
        true,
        new KeyUsage(KeyUsage.digitalSignature | (isRsa ? KeyUsage.keyEncipherment : 0)));
    builder.addExtension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(
            holder.kind() == Kind.SERVER
                ? KeyPurposeId.id_kp_serverAuth
                : KeyPurposeId.id_kp_clientAuth));
  }

  private static GeneralNames alternativeNames(List<String> names) {
    return new GeneralNames(
        names.stream()
            .map(name ->
                new GeneralName(
                    HostNames.isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
            .toArray(GeneralName[]::new));
  }

  /// Clients are called what they asked for, and nothing else.
  private static X500Name name(Holder holder) {
    X500NameBuilder name = new X500NameBuilder(BCStyle.INSTANCE);
    if (holder.kind() != Kind.CLIENT) {
      name.addRDN(BCStyle.O, "Midge");
    }
    return name.addRDN(BCStyle.CN, holder.subject()).build();
  }
}
