package dev.midge.web;

import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// What is at one path: what each method does there. `HEAD` is `GET`.
///
/// @param methods the answers by method
record Resource(Map<String, Function<Request, Answer>> methods) {

  /// One that can be read.
  static Resource get(Function<Request, Answer> answer) {
    return new Resource(Map.of("GET", answer));
  }

  /// The answer to a request, or that its method has no meaning here.
  Answer answer(Request request, Pages pages) {
    String method = request.method().equals("HEAD") ? "GET" : request.method();
    Function<Request, Answer> answer = methods.get(method);
    if (answer != null) {
      return answer.apply(request);
    }
    String all = allowed(methods.keySet());
    return Answers.with(
        pages.error(request, 405, "This address understands " + all + " only."), "allow", all);
  }

  /// What to say of methods that have a meaning.
  static String allowed(Set<String> methods) {
    Set<String> allowed = new TreeSet<>(methods);
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    return String.join(", ", allowed);
  }
}
