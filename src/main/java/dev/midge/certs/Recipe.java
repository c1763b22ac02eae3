package dev.midge.certs;

import dev.midge.config.Place;
import java.util.List;

/// How a certificate is made, as its file describes it.
///
/// @param name its name in listener files: lower case, digits and hyphens
/// @param place where the file says so
/// @param kind what it is for
/// @param subject the common name of its holder
/// @param authority the name of the recipe of who signs it; for a root, of another root that signs
///   it, too, or empty
/// @param key what kind of key it has
/// @param days how long it lives
/// @param names the host names and addresses that it is for; `HOST` is the name of this machine
/// @param fault what is wrong with it
/// @param isPublic whether one of a public authority takes its place, where there is one
public record Recipe(
    String name,
    Place place,
    Kind kind,
    String subject,
    String authority,
    KeyKind key,
    int days,
    List<String> names,
    Fault fault,
    boolean isPublic) {

  /// The same for a holder of another name.
  Recipe called(String other) {
    return new Recipe(name, place, kind, other, authority, key, days, names, fault, isPublic);
  }
}
