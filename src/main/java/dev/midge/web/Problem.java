package dev.midge.web;

import dev.midge.listener.Site.Answer;

/// What is wrong with a request of a program (RFC 9457).
final class Problem extends Exception {
  private static final long serialVersionUID = 1;
  private static final String TYPE = "application/problem+json";

  private final int status;
  private final String title;

  /// @param title what kind of thing is wrong
  /// @param detail what is wrong here, in a sentence
  Problem(int status, String title, String detail) {
    super(detail);
    this.status = status;
    this.title = title;
  }

  /// The request is not as it must be.
  static Problem badRequest(String detail) {
    return new Problem(400, "Bad request", detail);
  }

  /// The answer that says so.
  Answer answer() {
    return Answers.of(
        status,
        TYPE,
        Json.text(json -> {
          json.writeStartObject();
          json.writeStringField("type", "about:blank");
          json.writeStringField("title", title);
          json.writeNumberField("status", status);
          json.writeStringField("detail", getMessage());
          json.writeEndObject();
        }));
  }
}
