package dev.midge.certs;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/// The name of the holder of a certificate, for those that become user names.
final class CommonName {
  private static final int LENGTH_MAX = 256;

  private CommonName() {}

  /// The first common name of a subject, or an empty string if there is none.
  static String of(X500Name subject) {
    RDN[] names = subject.getRDNs(BCStyle.CN);
    return names.length > 0 && names[0].getFirst().getValue() instanceof ASN1String text
        ? text.getString()
        : "";
  }

  /// Whether people and MQTT can deal with it.
  static boolean isUsable(String name) {
    return !name.isBlank()
        && name.length() <= LENGTH_MAX
        && name.chars().noneMatch(Character::isISOControl)
        && StandardCharsets.UTF_8.newEncoder().canEncode(name);
  }
}
