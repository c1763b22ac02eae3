package dev.midge.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.swagger.v3.oas.models.media.Schema;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compares a value of JSON with the schema that describes it: all that is required is there, all
/// that is there is described, and everything has its type.
final class Described {
  private Described() {}

  /// @param where what is compared, for people
  static void assertDescribed(String where, Schema<?> schema, @Nullable Object value) {
    if (value == null) {
      assertThat(schema.getNullable()).as("%s may be null", where).isTrue();
      return;
    }
    switch (Objects.requireNonNullElse(schema.getType(), "object")) {
      case "object" -> assertObject(where, schema, value);
      case "array" -> {
        assertThat(value).as(where).isInstanceOf(List.class);
        ((List<?>) value).forEach(each -> assertDescribed(where + "[]", schema.getItems(), each));
      }
      case "string" -> assertThat(value).as(where).isInstanceOf(String.class);
      case "boolean" -> assertThat(value).as(where).isInstanceOf(Boolean.class);
      case "integer" -> assertThat(value).as(where).isInstanceOfAny(Integer.class, Long.class);
      case "number" -> assertThat(value).as(where).isInstanceOf(Number.class);
      default -> throw new AssertionError(where + " is of type " + schema.getType());
    }
    if (schema.getEnum() != null) {
      assertThat(schema.getEnum().contains(value)).as("%s: %s", where, value).isTrue();
    }
  }

  private static void assertObject(String where, Schema<?> schema, Object value) {
    assertThat(value).as(where).isInstanceOf(Map.class);
    Map<?, ?> object = (Map<?, ?>) value;
    if (schema.getRequired() != null) {
      assertThat(Set.<Object>copyOf(object.keySet())).as(where).containsAll(schema.getRequired());
    }
    object.forEach((key, field) -> {
      String place = where + "." + key;
      Schema<?> own = schema.getProperties() == null ? null : schema.getProperties().get(key);
      if (own != null) {
        assertDescribed(place, own, field);
      } else if (schema.getAdditionalProperties() instanceof Schema<?> others) {
        assertDescribed(place, others, field);
      } else {
        assertThat(schema.getAdditionalProperties()).as("%s is described", place).isEqualTo(true);
      }
    });
  }
}
