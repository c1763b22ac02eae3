package dev.midge.web;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.IntSupplier;

/// Somebody who comes to the site with an HTTP client.
record Visitor(IntSupplier port) {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /// Fetches a page or a file.
  ///
  /// @param headers names and values of headers, in turn
  HttpResponse<byte[]> get(String path, String... headers) {
    return send("GET", path, new byte[0], headers);
  }

  /// Fetches text.
  String text(String path) {
    return new String(get(path).body(), UTF_8);
  }

  /// Begins a request to the API, which leaves no connection open.
  RequestSpecification ask() {
    return given().baseUri("http://localhost:" + port.getAsInt()).header("Connection", "close");
  }

  /// Sends something.
  HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port.getAsInt() + path))
            .method(method, BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
