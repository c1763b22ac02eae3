package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.certs.InvalidRequest;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Named values in the form that addresses and forms have (`a=1&b=2`), strictly: what nobody will
/// ask for is refused.
record Fields(Map<String, String> values) {

  /// Reads them.
  ///
  /// @param known the names that there are
  /// @throws InvalidRequest if there are others, or one of them twice, or it is something else
  static Fields read(String text, Set<String> known) throws InvalidRequest {
    Map<String, String> values = new HashMap<>();
    for (String field : text.split("&", -1)) {
      if (field.isEmpty()) {
        continue;
      }
      int mark = field.indexOf('=');
      String name = decode(mark < 0 ? field : field.substring(0, mark));
      if (!known.contains(name)) {
        throw new InvalidRequest(
            "There is no field with this name. Known are: "
                + String.join(", ", new TreeSet<>(known))
                + ".");
      }
      if (values.put(name, mark < 0 ? "" : decode(field.substring(mark + 1))) != null) {
        throw new InvalidRequest("The field " + name + " is there twice.");
      }
    }
    return new Fields(Map.copyOf(values));
  }

  /// These, and others, none of them twice.
  Fields and(Fields others) throws InvalidRequest {
    Map<String, String> all = new HashMap<>(values);
    for (Map.Entry<String, String> other : others.values().entrySet()) {
      if (all.put(other.getKey(), other.getValue()) != null) {
        throw new InvalidRequest("The field " + other.getKey() + " is there twice.");
      }
    }
    return new Fields(Map.copyOf(all));
  }

  /// The value with this name; one that is not there is as good as an empty one.
  String value(String name) {
    return values.getOrDefault(name, "");
  }

  /// A whole number of up to six digits.
  int whole(String name) throws InvalidRequest {
    String value = value(name).strip();
    if (!value.matches("[0-9]{1,6}")) {
      throw new InvalidRequest("The field " + name + " must be a whole number.");
    }
    return Integer.parseInt(value);
  }

  private static String decode(String text) throws InvalidRequest {
    try {
      return URLDecoder.decode(text, UTF_8);
    } catch (IllegalArgumentException e) {
      throw new InvalidRequest("There is a % that is followed by no two hexadecimal digits.");
    }
  }
}
