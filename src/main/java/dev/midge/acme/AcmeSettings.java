package dev.midge.acme;

import dev.midge.config.InvalidConfiguration;
import dev.midge.config.Place;
import dev.midge.config.Problems;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which authority is asked for a certificate, and for which names.
///
/// @param directory the URL of its directory
/// @param email where it can reach whoever runs the server, or empty
/// @param domains the names, the first one first
/// @param proof how it is shown that they are ours
/// @param trusted the certificates of those who may stand behind the directory, or null for all
///   that Java trusts
public record AcmeSettings(
    URI directory, String email, List<String> domains, Proof proof, @Nullable Path trusted) {

  private static final Map<String, String> KNOWN =
      Map.of(
          "letsencrypt", "https://acme-v02.api.letsencrypt.org/directory",
          "letsencrypt-staging", "https://acme-staging-v02.api.letsencrypt.org/directory");
  private static final Pattern DOMAIN =
      Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+");
  private static final Pattern EMAIL = Pattern.compile("[^@\\s,;?]+@[^@\\s,;?]+");
  private static final int NAME_LENGTH_MAX = 253;

  /// Those with the usual proof.
  public AcmeSettings(URI directory, String email, List<String> domains, @Nullable Path trusted) {
    this(directory, email, domains, Proof.HTTP_01, trusted);
  }

  /// The same with another proof.
  public AcmeSettings by(Proof other) {
    return new AcmeSettings(directory, email, domains, other, trusted);
  }

  /// Reads the settings as the options have them.
  ///
  /// @param directory a URL, or one of the names that are known here
  /// @param trusted a file of PEM certificates, or null
  /// @throws InvalidConfiguration if one of them is wrong, with all that are
  public static AcmeSettings of(
      String directory, String email, List<String> domains, @Nullable Path trusted) {
    Problems problems = new Problems();
    if (domains.isEmpty()) {
      problems.add(
          option("--acme-directory"),
          "there is no name to ask a certificate for",
          "Add --domain NAME, once for each name.");
    }
    List<String> names = names(domains, problems);
    if (!email.isEmpty() && !EMAIL.matcher(email).matches()) {
      problems.add(option("--acme-email"), "'" + email + "' is no address for mail");
    }
    if (trusted != null && !Files.isReadable(trusted)) {
      problems.add(option("--acme-ca"), "the file " + trusted + " cannot be read");
    }
    URI url = url(directory);
    if (url == null) {
      problems.add(
          option("--acme-directory"),
          "'" + directory + "' is neither a URL that begins with https:// nor a known name",
          "Known names are letsencrypt and letsencrypt-staging.");
    }
    problems.throwIfAny();
    return new AcmeSettings(url == null ? URI.create("") : url, email, names, trusted);
  }

  /// Names that the world knows a server by, as certificates have them.
  ///
  /// @throws InvalidConfiguration if one of them is none
  public static List<String> names(List<String> domains) {
    Problems problems = new Problems();
    List<String> names = names(domains, problems);
    problems.throwIfAny();
    return names;
  }

  private static List<String> names(List<String> domains, Problems problems) {
    List<String> names = domains.stream().map(AcmeSettings::normal).distinct().toList();
    for (String name : names) {
      if (!isName(name)) {
        problems.add(
            option("--domain"),
            "'" + name + "' is no host name that a public authority could know",
            "Give a full name like mqtt.example.org, without a wildcard, or an address.");
      }
    }
    return names;
  }

  /// A name for files: no two directories have the same.
  String folderName() {
    return (directory.getAuthority() + directory.getPath()).replaceAll("[^A-Za-z0-9.-]+", "_");
  }

  /// Whether this is an address and not a host name.
  static boolean isAddress(String name) {
    return name.contains(":") || name.matches("[0-9.]+");
  }

  /// A name as certificates have it.
  private static String normal(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return isAddress(lower) && isReadable(lower)
        ? InetAddress.ofLiteral(lower).getHostAddress()
        : lower;
  }

  private static boolean isReadable(String address) {
    try {
      InetAddress _ = InetAddress.ofLiteral(address);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isName(String name) {
    return isAddress(name)
        ? isReadable(name)
        : name.length() <= NAME_LENGTH_MAX && DOMAIN.matcher(name).matches();
  }

  private static @Nullable URI url(String directory) {
    try {
      URI url = URI.create(KNOWN.getOrDefault(directory, directory));
      return "https".equals(url.getScheme()) && url.getHost() != null ? url : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Place option(String name) {
    return new Place(name, 0);
  }
}
