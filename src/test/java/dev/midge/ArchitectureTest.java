package dev.midge;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The rooms: what each may use, and what belongs to one room only.
@AnalyzeClasses(packages = "dev.midge", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /// The rooms, and the rooms that each may use. The root package may use them all.
  private static final Map<String, Set<String>> ROOMS =
      Map.ofEntries(
          Map.entry("packet", Set.of()),
          Map.entry("topic", Set.of("packet")),
          Map.entry("session", Set.of("packet", "topic")),
          Map.entry("broker", Set.of("packet", "topic", "session")),
          Map.entry("codec", Set.of("packet")),
          Map.entry("auth", Set.of("broker", "packet", "config")),
          Map.entry("demo", Set.of("packet")),
          Map.entry("observe", Set.of("limit", "broker", "packet", "certs", "acme", "probe")),
          Map.entry("config", Set.of()),
          Map.entry("certs", Set.of("config")),
          Map.entry("acme", Set.of("config", "certs")),
          Map.entry(
              "listener", Set.of("broker", "codec", "packet", "config", "certs", "limit", "probe")),
          Map.entry("probe", Set.of("certs")),
          Map.entry("limit", Set.of("broker")),
          Map.entry("history", Set.of()),
          Map.entry(
              "web",
              Set.of(
                  "broker", "packet", "listener", "certs", "limit", "observe", "history", "probe")),
          Map.entry("store", Set.of("broker", "session", "topic", "packet")),
          Map.entry("client", Set.of()),
          Map.entry("load", Set.of()));

  /// The rooms that are rules and values only.
  private static final String[] PURE = {
    "dev.midge.packet", "dev.midge.topic", "dev.midge.session", "dev.midge.broker"
  };

  @ArchTest
  static void roomsUseOnlyTheRoomsBelowThem(JavaClasses classes) {
    Set<String> rooms = new TreeSet<>();
    classes.forEach(type -> rooms.add(type.getPackageName()));
    rooms.remove("dev.midge");
    assertThat(rooms).allMatch(room -> ROOMS.containsKey(room.substring("dev.midge.".length())));

    ROOMS.forEach((room, uses) -> {
      String[] others =
          ROOMS.keySet().stream()
              .filter(other -> !other.equals(room) && !uses.contains(other))
              .map(other -> "dev.midge." + other)
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage("dev.midge." + room)
          .should()
          .dependOnClassesThat(resideInAPackage("dev.midge").or(resideInAnyPackage(others)))
          .allowEmptyShould(true)
          .check(classes);
    });
  }

  @ArchTest
  static final ArchRule RULES_ARE_PURE_JAVA =
      classes()
          .that()
          .resideInAnyPackage(PURE)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                      "dev.midge..",
                      "java.lang..",
                      "java.util..",
                      "java.nio",
                      "java.nio.charset",
                      "org.jspecify.annotations")
                  .or(type(ByteArrayOutputStream.class)))
          .because("a whole broker must run in a test without sockets, files or other libraries");

  @ArchTest
  static final ArchRule RULES_HAVE_NO_CLOCK_NO_CHANCE_AND_NO_THREADS =
      noClasses()
          .that()
          .resideInAnyPackage(PURE)
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .dependOnClassesThat()
          .belongToAnyOf(Clock.class, Instant.class, Thread.class)
          .because("time, chance and loops are passed in");

  @ArchTest
  static final ArchRule NETTY_IS_AT_THE_WIRE =
      only("io.netty..", "dev.midge.listener", "dev.midge.codec", "dev.midge.load");

  @ArchTest
  static final ArchRule CHANNELS_ARE_KNOWN_TO_LISTENERS_AND_TO_THE_LOAD =
      only("io.netty.channel..", "dev.midge.listener", "dev.midge.load");

  @ArchTest
  static final ArchRule QUARKUS_IS_AT_THE_ROOT = only("io.quarkus.runtime..", "dev.midge");

  @ArchTest
  static final ArchRule TEMPLATES_ARE_OF_THE_SITE = only("io.quarkus.qute..", "dev.midge.web");

  @ArchTest
  static final ArchRule RATES_ARE_LIMITS = only("io.github.bucket4j..", "dev.midge.limit");

  @ArchTest static final ArchRule INJECTION_IS_AT_THE_ROOT = only("jakarta..", "dev.midge");

  @ArchTest static final ArchRule VERTX_IS_AT_THE_ROOT = only("io.vertx..", "dev.midge");

  @ArchTest
  static final ArchRule YAML_IS_FOR_CONFIGURATION_SCENARIOS_AND_THE_API =
      only("org.snakeyaml..", "dev.midge.config", "dev.midge.load", "dev.midge.web");

  @ArchTest
  static final ArchRule THE_PARTS_OF_CERTIFICATES_ARE_KNOWN_WHERE_THEY_ARE_MADE =
      only("org.bouncycastle.(asn1|cert|openssl|operator|pkcs)..", "dev.midge.certs");

  @ArchTest
  static final ArchRule CRYPTOGRAPHY_IS_FOR_CERTIFICATES_AND_PASSWORDS =
      only("org.bouncycastle..", "dev.midge.certs", "dev.midge.auth");

  @ArchTest
  static final ArchRule TOKENS_ARE_FOR_AUTHENTICATION = only("com.nimbusds..", "dev.midge.auth");

  @ArchTest
  static final ArchRule ACME_HAS_A_ROOM_OF_ITS_OWN = only("org.shredzone..", "dev.midge.acme");

  @ArchTest
  static final ArchRule JSON_IS_FOR_ENDPOINTS_FORMATS_AND_RESULTS =
      only(
          "com.fasterxml..",
          "dev.midge.listener",
          "dev.midge.client",
          "dev.midge.load",
          "dev.midge.probe",
          "dev.midge.web");

  @ArchTest
  static final ArchRule HISTOGRAMS_ARE_OF_THE_LOAD = only("org.HdrHistogram..", "dev.midge.load");

  @ArchTest
  static final ArchRule METRICS_ARE_OBSERVED = only("io.micrometer..", "dev.midge.observe");

  @ArchTest
  static final ArchRule SO_ARE_THOSE_OF_OUR_OWN = only("io.prometheus..", "dev.midge.observe");

  @ArchTest
  static final ArchRule ROCKSDB_IS_IN_THE_STORE = only("org.rocksdb..", "dev.midge.store");

  @ArchTest
  static final ArchRule RANGES_ARE_NOT_DELETED =
      noClasses()
          .should()
          .callMethodWhere(
              target(nameMatching("deleteRange|deleteFilesInRanges"))
                  .and(target(owner(resideInAPackage("org.rocksdb..")))))
          .because("queues that are drained so are read many times slower ever after");

  @ArchTest
  static final ArchRule THE_COMMAND_LINE_IS_WHERE_COMMANDS_ARE =
      only("picocli..", "dev.midge", "dev.midge.client", "dev.midge.load");

  @ArchTest
  static final ArchRule THE_CLIENT_LIBRARY_IS_IN_THE_CLIENT =
      only("com.hivemq..", "dev.midge.client");

  /// Nothing but these rooms knows the types of these packages.
  private static ArchRule only(String packages, String... rooms) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(rooms)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(packages);
  }
}
