package dev.midge.web;

import dev.midge.kit.TestServer;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

/// Somebody who has the operator's token, and comes to the operator's port.
record Operator(TestServer server) {
  /// What is shown.
  String token() {
    try {
      return Files.readString(server.data().resolve("operator-token")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Begins a request.
  RequestSpecification ask() {
    return new Visitor(() -> server.port("operator"))
        .ask()
        .header("Authorization", "Bearer " + token());
  }
}
