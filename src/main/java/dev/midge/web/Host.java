package dev.midge.web;

import dev.midge.listener.Site.Request;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// This server as the one who asks knows it.
///
/// @param name the host, without brackets
/// @param origin the start of every address of this site: `http://localhost:8000`
record Host(String name, String origin) {
  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[([0-9A-Fa-f:.]{2,45})])(:[0-9]{1,5})?");

  /// What the request says, if it can be the name of a host.
  static Optional<Host> of(Request request) {
    String said = request.header("host");
    Matcher matcher = HOST.matcher(said == null ? "localhost" : said);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String name = matcher.group(2) == null ? matcher.group(1) : matcher.group(2);
    return Optional.of(
        new Host(name, (request.isTls() ? "https://" : "http://") + matcher.group()));
  }
}
