package dev.midge.web;

import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;

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
  private final String version;

  private Asset(String type, byte[] bytes) {
    this.type = type;
    this.bytes = bytes;
    this.version = Answers.hash(bytes);
  }

  /// Reads one from the folder `web/assets`.
  static Asset load(String name) {
    String extension = name.substring(name.lastIndexOf('.') + 1);
    return new Asset(TYPES.getOrDefault(extension, Answers.TEXT), read("/web/assets/" + name));
  }

  /// Reads a file of the charting library, which comes with the build.
  static Asset ofUplot(String name) {
    Properties about = new Properties();
    try {
      about.load(
          new ByteArrayInputStream(read("/META-INF/maven/org.webjars.npm/uplot/pom.properties")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String extension = name.substring(name.lastIndexOf('.') + 1);
    return new Asset(
        TYPES.getOrDefault(extension, Answers.TEXT),
        read(
            "/META-INF/resources/webjars/uplot/" + about.getProperty("version") + "/dist/" + name));
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
    Answer answer = Answers.of(200, type, bytes);
    return request.query().equals("v=" + version)
        ? Answers.with(answer, "cache-control", "public, max-age=31536000, immutable")
        : answer;
  }
}
