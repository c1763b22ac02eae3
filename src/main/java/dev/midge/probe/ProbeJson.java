package dev.midge.probe;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.midge.probe.ProbeResult.Step;
import java.io.IOException;
import java.util.List;

/// What came of looks at listeners, as JSON.
public final class ProbeJson {
  private ProbeJson() {}

  /// Writes a field `probes`: an array with an object for each.
  public static void write(JsonGenerator json, List<ProbeResult> results) throws IOException {
    json.writeArrayFieldStart("probes");
    for (ProbeResult result : results) {
      json.writeStartObject();
      json.writeStringField("family", result.family());
      json.writeBooleanField("good", result.isGood());
      if (!result.isGood()) {
        json.writeStringField("problem", result.problem());
      }
      json.writeObjectFieldStart("millis");
      for (Step step : result.steps()) {
        json.writeNumberField(step.name(), Math.round(step.millis() * 1e3) / 1e3);
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
