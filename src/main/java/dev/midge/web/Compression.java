package dev.midge.web;

import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/// Makes what is text shorter for those who can read it so: by gzip, and by nothing else.
final class Compression {
  /// What fits into one packet of a network gains nothing.
  private static final int WORTHWHILE_BYTES = 1_400;

  private Compression() {}

  /// Whether the one who asks reads it.
  static boolean isAccepted(Request request) {
    String accepted = request.header("accept-encoding");
    return accepted != null
        && Arrays.stream(accepted.split(",", -1))
            .map(one -> one.replace(" ", ""))
            // In one way at most, so that nobody makes it try long.
            .anyMatch(one -> one.matches("gzip(;q=(1(\\.0*)?|0?\\.0*[1-9]\\d*))?"));
  }

  /// The same answer, shorter if that is worth it.
  static Answer shorten(Answer answer, Request request) {
    String type = answer.headers().getOrDefault("content-type", "");
    boolean isText = type.startsWith("text/") || type.startsWith(Answers.JSON);
    return answer.status() == 200
            && isText
            && answer.body().length > WORTHWHILE_BYTES
            && !answer.headers().containsKey("content-encoding")
            && isAccepted(request)
        ? mark(new Answer(200, answer.headers(), pack(answer.body())))
        : answer;
  }

  /// Says of an answer that it was packed.
  static Answer mark(Answer answer) {
    return Answers.with(
        Answers.with(answer, "content-encoding", "gzip"), "vary", "accept-encoding");
  }

  static byte[] pack(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Nothing is written anywhere.
    }
    return packed.toByteArray();
  }
}
