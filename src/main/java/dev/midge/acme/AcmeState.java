package dev.midge.acme;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Properties;

/// What a later start must know of orders, so that no number of starts makes more orders than one
/// start would.
///
/// @param order the URL of the order that is under way, or an empty string
/// @param failures how many attempts have failed since the last one that did not; one that is under
///   way counts as failed until it is over
/// @param notBefore nothing is ordered before
/// @param lastFailure why the last of them failed, or an empty string
record AcmeState(String order, int failures, Instant notBefore, String lastFailure) {
  /// That of a server that has never ordered anything.
  static final AcmeState NEW = new AcmeState("", 0, Instant.EPOCH, "");

  /// Another order is under way, or none any more.
  AcmeState withOrder(String url) {
    return new AcmeState(url, failures, notBefore, lastFailure);
  }

  /// One more attempt has failed.
  AcmeState failed(Instant again, String reason) {
    return new AcmeState(order, failures + 1, again, reason);
  }

  /// An attempt ended well.
  static AcmeState done(Instant notBefore) {
    return new AcmeState("", 0, notBefore, "");
  }

  /// The text for a file.
  String write() {
    Properties lines = new Properties();
    lines.setProperty("order", order);
    lines.setProperty("failures", Integer.toString(failures));
    lines.setProperty("not-before", notBefore.toString());
    lines.setProperty("last-failure", lastFailure);
    StringWriter text = new StringWriter();
    try {
      lines.store(text, "What Midge knows of its orders. Without this file it tries at once.");
    } catch (IOException e) {
      throw new IllegalStateException(e); // Nothing is written anywhere.
    }
    return text.toString();
  }

  /// Reads what [#write] wrote.
  ///
  /// @throws IOException if it is something else
  static AcmeState read(String text) throws IOException {
    try {
      Properties lines = new Properties();
      lines.load(new StringReader(text));
      return new AcmeState(
          lines.getProperty("order", ""),
          Integer.parseInt(lines.getProperty("failures", "0")),
          Instant.parse(lines.getProperty("not-before", "")),
          lines.getProperty("last-failure", ""));
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
  }
}
