package dev.midge.web;

import dev.midge.certs.InvalidRequest;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.util.Set;
import java.util.function.Function;

/// What a request asks for behind its question mark, read strictly.
///
/// @param names the fields that there are
record Query(Set<String> names) {
  private static final int LENGTH_MAX = 2048;

  /// What is answered to a request with good fields.
  @FunctionalInterface
  interface Answering {
    Answer answer(Request request, Fields fields) throws InvalidRequest;
  }

  /// Answers; what is not understood is told.
  Function<Request, Answer> then(Answering answering, Pages pages) {
    return request -> {
      try {
        if (request.query().length() > LENGTH_MAX) {
          throw new InvalidRequest("The query is too long.");
        }
        return answering.answer(request, Fields.read(request.query(), names));
      } catch (InvalidRequest e) {
        return pages.error(request, 400, String.valueOf(e.getMessage()));
      }
    };
  }
}
