package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The description of an API (OpenAPI 3.0), as YAML and as JSON. Any thread.
final class OpenApi {
  /// The paths that it is at.
  static final List<String> PATHS =
      List.of("/api/v1/openapi", "/api/v1/openapi.json", "/api/v1/openapi.yaml");

  private final Answer yaml;
  private final Answer json;

  /// Reads one.
  ///
  /// @param file its name in the folder `web`
  OpenApi(String file) {
    String text = new String(Asset.read("/web/" + file), UTF_8);
    Object document = new Load(LoadSettings.builder().build()).loadFromString(text);
    this.yaml = Answers.of(200, "application/yaml", text);
    this.json = Answers.of(200, Answers.JSON, Json.text(json -> write(json, document)));
  }

  /// In the form that the path says, or else the one that is accepted.
  Answer answer(Request request) {
    String accept = request.header("accept");
    boolean isYaml =
        request.path().equals(PATHS.getFirst())
            ? accept != null && accept.contains("yaml")
            : request.path().endsWith(".yaml");
    return isYaml ? yaml : json;
  }

  private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
    switch (value) {
      case Map<?, ?> map -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          json.writeFieldName(String.valueOf(entry.getKey()));
          write(json, entry.getValue());
        }
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        for (Object each : list) {
          write(json, each);
        }
        json.writeEndArray();
      }
      case null, default -> json.writePOJO(value);
    }
  }
}
