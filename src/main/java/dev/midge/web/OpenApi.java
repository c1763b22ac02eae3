package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.midge.listener.Site.Answer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The description of the public API (OpenAPI 3.0), as YAML and as JSON.
final class OpenApi {
  private final Answer yaml;
  private final Answer json;

  /// Reads it.
  OpenApi() {
    String text = new String(Asset.read("/web/openapi.yaml"), UTF_8);
    Object document = new Load(LoadSettings.builder().build()).loadFromString(text);
    this.yaml = Answers.shared(Answers.of(200, "application/yaml", text));
    this.json =
        Answers.shared(Answers.of(200, Answers.JSON, Json.text(json -> write(json, document))));
  }

  /// Adds what is at each path.
  void addTo(Map<String, Resource> resources) {
    resources.put(
        "/api/v1/openapi",
        Resource.get(request -> {
          String accept = request.header("accept");
          return accept != null && accept.contains("yaml") ? yaml : json;
        }));
    resources.put("/api/v1/openapi.json", Resource.get(_ -> json));
    resources.put("/api/v1/openapi.yaml", Resource.get(_ -> yaml));
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
