package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.kit.TestServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;

/// Somebody who has the operator's token, and comes to the operator's port.
record Operator(TestServer server) {
  /// What is shown.
  String token() throws IOException {
    return Files.readString(server.data().resolve("operator-token")).strip();
  }

  /// Sends a request, with JSON in its body if there is any.
  HttpResponse<byte[]> send(String method, String path, String body) throws IOException {
    return new Visitor(() -> server.port("operator"))
        .send(
            method,
            path,
            body.getBytes(UTF_8),
            "authorization",
            "Bearer " + token(),
            "content-type",
            "application/json");
  }

  /// The status of the answer to a request without a body.
  int status(String method, String path) throws IOException {
    return send(method, path, "").statusCode();
  }

  /// What there is to read.
  String text(String path) throws IOException {
    return new String(send("GET", path, "").body(), UTF_8);
  }
}
