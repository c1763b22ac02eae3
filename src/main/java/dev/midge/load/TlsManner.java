package dev.midge.load;

import java.util.List;
import java.util.regex.Pattern;

/// How clients do TLS with a broker, as the query of its URL says: `tls=1.2`, `resume`, or both
/// with `&` between.
///
/// @param version `TLSv1.2` or `TLSv1.3`, which it is if left out
/// @param resumes whether a client takes up the session of an earlier one, by its ticket
record TlsManner(String version, boolean resumes) {
  private static final String RESUME = "resume";
  private static final Pattern VERSION = Pattern.compile("tls=(1\\.[23])");

  /// @param query without its question mark, or ""
  static TlsManner of(String query) {
    String version = "1.3";
    boolean resumes = false;
    for (String word : query.isEmpty() ? List.<String>of() : List.of(query.split("&", -1))) {
      if (word.equals(RESUME)) {
        resumes = true;
      } else if (VERSION.matcher(word).matches()) {
        version = word.substring("tls=".length());
      } else {
        throw new LoadFailure("'" + word + "' is not tls=1.2, tls=1.3 or resume");
      }
    }
    return new TlsManner("TLSv" + version, resumes);
  }
}
