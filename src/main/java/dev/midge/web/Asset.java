package dev.midge.web;

import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/// A file of the site that is the same for everybody: a style, a script, an image. Its address has
/// a version in them, so that browsers keep what has not changed and never keep what has.
final class Asset {
  private static final Map<String, String> TYPES =
      Map.of(
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  private final String type;
  private final byte[] bytes;
  private final byte[] packed;
  private final String version;

  private Asset(String type, byte[] bytes) {
    this.type = type;
    this.bytes = bytes;
    this.packed = Compression.pack(bytes);
    this.version = Answers.hash(bytes);
  }

  /// Reads one from the folder `web/assets`.
  static Asset load(String name) {
    String extension = name.substring(name.lastIndexOf('.') + 1);
    return new Asset(TYPES.getOrDefault(extension, Answers.TEXT), read("/web/assets/" + name));
  }

  /// Reads a file of a library, which the build has put beside the folder.
  ///
  /// @param path where it is in the packages that are installed
  static Asset ofLibrary(String path) {
    String extension = path.substring(path.lastIndexOf('.') + 1);
    return new Asset(TYPES.getOrDefault(extension, Answers.TEXT), read("/web/libraries/" + path));
  }

  /// What the folder `web` has at a path.
  static byte[] read(String path) {
    try (InputStream file = Asset.class.getResourceAsStream(path)) {
      if (file == null) {
        throw new IllegalStateException(path + " is not there");
      }
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Its version: another one when a byte of it changes.
  String version() {
    return version;
  }

  /// The file.
  Answer answer(Request request) {
    Answer answer =
        Compression.isAccepted(request)
            ? Compression.mark(Answers.of(200, type, packed))
            : Answers.of(200, type, bytes);
    return request.query().equals("v=" + version)
        ? Answers.with(answer, "cache-control", "public, max-age=31536000, immutable")
        : answer;
  }
}
