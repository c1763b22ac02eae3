package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Answers to requests, with the headers that browsers go by.
final class Answers {
  static final String HTML = "text/html; charset=utf-8";
  static final String TEXT = "text/plain; charset=utf-8";
  static final String JSON = "application/json";
  static final String PEM = "application/x-pem-file";

  /// Nothing but our own files, and no script or style within a page: what a stranger calls himself
  /// is text here, whatever happens.
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
          + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  private Answers() {}

  /// An answer with a text.
  static Answer of(int status, String type, String text) {
    return of(status, type, text.getBytes(UTF_8));
  }

  /// An answer that every cache asks about before it gives it out again.
  static Answer of(int status, String type, byte[] body) {
    Map<String, String> headers = new TreeMap<>();
    headers.put("content-type", type);
    headers.put("cache-control", status == 200 ? "no-cache" : "no-store");
    headers.put("content-security-policy", CONTENT_SECURITY_POLICY);
    headers.put("x-content-type-options", "nosniff");
    headers.put("referrer-policy", "no-referrer");
    headers.put("cross-origin-opener-policy", "same-origin");
    return new Answer(status, headers, body);
  }

  /// The same answer with one more header.
  static Answer with(Answer answer, String name, String value) {
    Map<String, String> headers = new TreeMap<>(answer.headers());
    headers.put(name, value);
    return new Answer(answer.status(), headers, answer.body());
  }

  /// The same page, whose script may connect to these servers.
  ///
  /// @param origins their schemes, hosts and ports
  static Answer connecting(Answer page, List<String> origins) {
    return with(
        page,
        "content-security-policy",
        CONTENT_SECURITY_POLICY.replace(
            "connect-src 'self'", "connect-src 'self' " + String.join(" ", origins)));
  }

  /// The same answer for scripts of other sites, too.
  static Answer shared(Answer answer) {
    return with(answer, "access-control-allow-origin", "*");
  }

  /// The answer with a tag for what it says, or without a body for who has it already.
  static Answer tagged(Answer answer, Request request) {
    if (answer.status() != 200
        || !(request.method().equals("GET") || request.method().equals("HEAD"))) {
      return answer;
    }
    String tag = '"' + hash(answer.body()) + '"';
    Answer tagged = with(answer, "etag", tag);
    String known = request.header("if-none-match");
    boolean isKnown =
        known != null
            && Arrays.stream(known.split(",", -1))
                .map(String::strip)
                .anyMatch(one -> one.equals("*") || one.replaceFirst("^W/", "").equals(tag));
    return isKnown ? new Answer(304, tagged.headers(), new byte[0]) : tagged;
  }

  /// A short name for these bytes and no others.
  static String hash(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(digest, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
