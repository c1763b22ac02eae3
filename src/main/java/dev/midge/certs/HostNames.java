package dev.midge.certs;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The host names and addresses that a certificate is for.
public final class HostNames {
  /// What stands in a recipe for the name of the machine.
  private static final String MACHINE = "HOST";

  private HostNames() {}

  /// The names of a recipe as they are on this machine, addresses in full.
  ///
  /// @param hosts where the server is reached, besides the name of the machine
  static List<String> of(Recipe recipe, List<String> hosts) {
    Set<String> names = new LinkedHashSet<>();
    for (String name : recipe.names()) {
      if (name.equals(MACHINE)) {
        machine().ifPresent(names::add);
        // The network card of an address is nobody's business.
        hosts.forEach(host -> names.add(host.replaceFirst("%.*", "")));
      } else {
        names.add(isAddress(name) ? InetAddress.ofLiteral(name).getHostAddress() : name);
      }
    }
    return List.copyOf(names);
  }

  /// The names in a certificate, addresses in full.
  public static List<String> of(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream().map(name -> String.valueOf(name.get(1))).toList();
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  /// Whether a name is meant to be an address.
  static boolean isAddress(String name) {
    return name.contains(":") || name.matches("[0-9.]+");
  }

  /// Whether an address can be read.
  static boolean isReadable(String address) {
    try {
      InetAddress _ = InetAddress.ofLiteral(address);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// The name of this machine, if it is one that a certificate can have.
  private static Optional<String> machine() {
    try {
      String name = InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
      return Optional.of(name).filter(host -> host.matches("[a-z0-9-]+(\\.[a-z0-9-]+)*"));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
