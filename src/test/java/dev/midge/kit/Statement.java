package dev.midge.kit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The normative statements of MQTT 5.0 that a test holds the server to, such as `MQTT-3.1.0-1`.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Statement {
  /// Statements of MQTT 5.0.
  String[] value() default {};

  /// Statements of MQTT 3.1.1, where its numbers differ or it has a rule of its own.
  String[] v3() default {};
}
