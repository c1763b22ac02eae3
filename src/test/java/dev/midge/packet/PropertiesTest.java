package dev.midge.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.kit.Seeds;
import dev.midge.packet.Properties.UserProperty;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What was put into a list of properties is in it.
class PropertiesTest {

  @ParameterizedTest
  @MethodSource(Seeds.ALL)
  void eachPropertyOfAListIsFoundInIt(long seed) {
    Random random = new Random(seed);
    for (int run = 0; run < 500; run++) {
      List<Property> chosen = new ArrayList<>(List.of(Property.values()));
      Collections.shuffle(chosen, random);
      chosen = chosen.subList(0, random.nextInt(chosen.size()));
      Map<Property, Object> model = new EnumMap<>(Property.class);
      List<UserProperty> pairs = new ArrayList<>();
      Properties.Builder builder = Properties.builder();
      for (Property property : chosen) {
        add(builder, property, model, pairs, random);
        if (random.nextInt(4) == 0) {
          add(builder, Property.USER_PROPERTY, model, pairs, random);
        }
      }
      Properties properties = builder.build();
      assertThat(properties.isEmpty()).isEqualTo(model.isEmpty() && pairs.isEmpty());
      assertThat(properties.userProperties()).as("seed %s", seed).isEqualTo(pairs);
      for (Property property : Property.values()) {
        isInTheList(properties, property, model.get(property), "seed " + seed);
      }
      assertThat(Properties.ofEncoded(properties.encoded().clone()))
          .isEqualTo(properties)
          .hasSameHashCodeAs(properties)
          .hasToString(properties.toString());
    }
  }

  private static void add(
      Properties.Builder builder,
      Property property,
      Map<Property, Object> model,
      List<UserProperty> pairs,
      Random random) {
    switch (property.type()) {
      case BIT, TWO_BYTES, FOUR_BYTES, VARIABLE -> {
        long max =
            switch (property.type()) {
              case BIT -> 1;
              case TWO_BYTES -> 65_535;
              case FOUR_BYTES -> 4_294_967_295L;
              default -> 268_435_455;
            };
        long value = random.nextInt(4) == 0 ? max : random.nextLong(max + 1);
        builder.number(property, value);
        model.put(property, value);
      }
      case STRING -> {
        String value = text(random);
        builder.text(property, value);
        model.put(property, value);
      }
      case STRING_PAIR -> {
        UserProperty pair = new UserProperty(text(random), text(random));
        builder.user(pair.name(), pair.value());
        pairs.add(pair);
      }
      case BINARY -> {
        byte[] value = new byte[random.nextInt(300)];
        random.nextBytes(value);
        builder.binary(property, value);
        model.put(property, value);
      }
    }
  }

  private static String text(Random random) {
    return "aä€𪛔&\u000b".repeat(random.nextInt(3)) + random.nextInt();
  }

  private static void isInTheList(
      Properties properties, Property property, @Nullable Object value, String origin) {
    if (property == Property.USER_PROPERTY) {
      return;
    }
    assertThat(properties.has(property)).as(origin).isEqualTo(value != null);
    switch (property.type()) {
      case BIT, TWO_BYTES, FOUR_BYTES, VARIABLE ->
          assertThat(properties.number(property, -7)).isEqualTo(value == null ? -7L : value);
      case BINARY ->
          assertThat(properties.binary(property)).isEqualTo(value == null ? new byte[0] : value);
      default ->
          assertThat(properties.text(property, "none")).isEqualTo(value == null ? "none" : value);
    }
  }

  @Test
  void anEmptyListIsNoList() {
    assertThat(Properties.builder().build()).isSameAs(Properties.NONE);
    assertThat(Properties.ofEncoded(new byte[0])).isSameAs(Properties.NONE);
  }

  @ParameterizedTest
  @EnumSource(Property.class)
  void aNumberIsNoTextAndTextIsNoNumber(Property property) {
    boolean isNumber =
        switch (property.type()) {
          case BIT, TWO_BYTES, FOUR_BYTES, VARIABLE -> true;
          case STRING, STRING_PAIR, BINARY -> false;
        };
    if (!isNumber) {
      assertThatThrownBy(() -> Properties.builder().number(property, 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(Property.of(property.identifier())).isEqualTo(property);
  }

  @Test
  void aStringOfMoreThan65535BytesIsRefused() {
    Properties.Builder builder = Properties.builder();
    assertThatThrownBy(() -> builder.text(Property.REASON_STRING, "ä".repeat(32_768)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(
            Properties.builder()
                .text(Property.REASON_STRING, "ä".repeat(32_767) + "x")
                .build()
                .text(Property.REASON_STRING, ""))
        .hasSize(32_768);
  }

  @Test
  void aListWithAnotherOrderIsAnotherList() {
    Properties one = Properties.builder().user("a", "1").user("b", "2").build();
    Properties other = Properties.builder().user("b", "2").user("a", "1").build();
    assertThat(one).isNotEqualTo(other).isNotEqualTo(Properties.NONE);
  }
}
