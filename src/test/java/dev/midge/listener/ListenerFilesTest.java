package dev.midge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.midge.broker.Limits;
import dev.midge.config.InvalidConfiguration;
import dev.midge.config.Problems;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.QoS;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a folder of listener files means, and what is said of one that is wrong.
class ListenerFilesTest {

  private static final Path OURS = Path.of("listeners");
  private static final Path WRONG = Path.of("src/test/resources/wrong-listeners");
  private static final long HEAP_BYTES = 1 << 30;
  private static final String PLAIN =
      """
      name: plain
      port: 1883
      summary: For a test.
      expect: {connect: accepted}
      """;

  @TempDir private Path folder;

  @Test
  void ourOwnListenersAreValid() {
    LoadedListeners loaded = load(OURS);

    assertThat(loaded.listeners()).extracting(ListenerSpec::name).contains("plain", "websocket");
    assertThat(loaded.listeners()).isSortedAccordingTo((a, b) -> a.port() - b.port());
    assertThat(loaded.loops()).isPositive();
  }

  @Test
  void aListenerFileOverridesTheDefaultsKeyByKey() throws IOException {
    write(
        "1883-plain.yaml",
        PLAIN
            + """
            mqtt: {versions: [3.1.1, 5.0], packet_bytes_max: 64KiB, qos_max: 1}
            limits: {queue_messages_max: 0}
            """);

    Limits limits = load(folder).listeners().getFirst().limits();

    assertThat(limits.versions())
        .containsExactlyInAnyOrder(ProtocolVersion.MQTT_3_1_1, ProtocolVersion.MQTT_5);
    assertThat(limits.packetBytesMax()).isEqualTo(65_536);
    assertThat(limits.qosMax()).isEqualTo(QoS.AT_LEAST_ONCE);
    assertThat(limits.queueMessagesMax()).isZero();
    assertThat(limits.receiveMax()).isEqualTo(1024);
  }

  @Test
  void autoBoundsGrowWithTheHeapAndStayInTheirRange() throws IOException {
    write("1883-plain.yaml", PLAIN);

    assertThat(packetBytesMax((1L << 30) + (64L << 20))).isEqualTo(1 << 26);
    assertThat(packetBytesMax(1L << 40)).isEqualTo(268_435_460);
    assertThat(packetBytesMax(1)).isEqualTo(128);
  }

  @Test
  void onlyTheNamedListenersAreChosen() {
    LoadedListeners loaded = ListenerFiles.load(OURS, Set.of("websocket"), 0, HEAP_BYTES);

    assertThat(loaded.listeners()).extracting(ListenerSpec::name).containsExactly("websocket");
  }

  @Test
  void aNameThatNoListenerHasIsRefused() {
    assertThatThrownBy(() -> ListenerFiles.load(OURS, Set.of("plian"), 0, HEAP_BYTES))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage("--only: there is no listener 'plian'. Did you mean 'plain'?");
  }

  @Test
  void anotherPortTakesThePlaceOfTheOneInTheFile() {
    LoadedListeners loaded = at(Map.of("web", 80, "everything", 443));

    assertThat(loaded.listeners())
        .filteredOn(spec -> spec.port() < 1024)
        .extracting(ListenerSpec::name)
        .containsExactly("web", "everything");
    assertThat(loaded.listeners()).extracting(ListenerSpec::port).doesNotContain(8000, 8443);
  }

  @Test
  void anotherPortForAListenerThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> at(Map.of("wbe", 80)))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage("--port: there is no listener 'wbe'. Did you mean 'web'?");
  }

  @Test
  void anotherPortThatAListenerHasAlreadyIsRefused() {
    assertThatThrownBy(() -> at(Map.of("web", 1883)))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage(
            "--port: port 1883 is the port of another listener. It stands in"
                + " listeners/1883-plain.yaml:2 already.");
  }

  private static LoadedListeners at(Map<String, Integer> ports) {
    Problems problems = new Problems();
    Choice choice = new Choice(Set.of(), ports, 0);
    LoadedListeners loaded = ListenerFiles.read(OURS, "local", choice, HEAP_BYTES, problems);
    problems.throwIfAny();
    return loaded;
  }

  @Test
  void anOffsetBeyondThePortsIsRefused() throws IOException {
    write("1883-plain.yaml", PLAIN);

    assertThatThrownBy(() -> ListenerFiles.load(folder, Set.of(), 64_000, HEAP_BYTES))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageStartingWith(
            folder.resolve("1883-plain.yaml")
                + ":2: port 1883 with --port-offset 64000 would be 65883.");
  }

  @Test
  void aFolderThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> load(folder.resolve("none")))
        .hasMessage(
            folder.resolve("none")
                + ": there is no such folder. Name the folder of the listener files with"
                + " --listeners.");
  }

  @Test
  void missingDefaultsAreRefused() throws IOException {
    Files.writeString(folder.resolve("1883-plain.yaml"), PLAIN);

    assertThatThrownBy(() -> load(folder))
        .hasMessage(
            folder.resolve("defaults.yaml")
                + ": this file is missing. Copy it from Midge's own listeners: it has the defaults"
                + " of all keys.");
  }

  @Test
  void wrongDefaultsAreToldOnceForAllListeners() throws IOException {
    String defaults = Files.readString(OURS.resolve("defaults.yaml"));
    write("1883-plain.yaml", PLAIN);
    write(
        "defaults.yaml",
        "name: everybody\n"
            + defaults.replace("loops: auto", "loops: 65").replace("retain: true\n", "\n"));

    assertThatThrownBy(() -> load(folder))
        .hasMessageContaining("defaults.yaml: the key 'mqtt.retain' is missing.")
        .hasMessageContaining("defaults.yaml:1: unknown key 'name'.")
        .hasMessageContaining("'server.loops' must be a whole number from 1 to 64, but is '65'.")
        .message()
        .hasLineCount(3);
  }

  @Test
  void whatIsWrongWithAListenerIsToldBesideWhatIsWrongWithTheDefaults() throws IOException {
    String defaults = Files.readString(OURS.resolve("defaults.yaml"));
    write("1883-plain.yaml", PLAIN + "mqtt: {qos_max: 3}\n");
    write("1884-other.yaml", "port: 1884\nexpect: {connect: maybe}\n");
    write(
        "defaults.yaml", defaults.replace("loops: auto", "loops: 65").replace("shared: true", ""));

    assertThatThrownBy(() -> load(folder))
        .hasMessageContaining("1883-plain.yaml:5: 'mqtt.qos_max' must be one of 0, 1, 2")
        .hasMessageContaining("1884-other.yaml: the key 'name' is missing.")
        .hasMessageContaining("1884-other.yaml: the key 'summary' is missing.")
        .hasMessageContaining("1884-other.yaml:2: 'expect.connect' must be one of")
        .hasMessageContaining("defaults.yaml: the key 'mqtt.shared' is missing.")
        .hasMessageContaining("'server.loops' must be a whole number from 1 to 64, but is '65'.")
        .message()
        .hasLineCount(6);
  }

  @Test
  void aProfileTakesThePlaceOfTheDefaultsAndAListenerTheLastWord() throws IOException {
    write("1883-plain.yaml", PLAIN + "mqtt: {receive_max: 3}\n");
    profile("school", "mqtt: {receive_max: 2, qos_max: 1}\nserver: {sessions_max: 7}\n");

    LoadedListeners loaded = loadWith("school");

    Limits limits = loaded.listeners().getFirst().limits();
    assertThat(limits.receiveMax()).isEqualTo(3);
    assertThat(limits.qosMax()).isEqualTo(QoS.AT_LEAST_ONCE);
    assertThat(limits.topicAliasMax()).isEqualTo(64);
    assertThat(loaded.serverLimits().sessionsMax()).isEqualTo(7);
  }

  @Test
  void whatIsWrongWithAProfileIsToldWithItsLine() throws IOException {
    write("1883-plain.yaml", PLAIN);
    profile("school", "mqtt:\n  recieve_max: 2\n  qos_max: 3\nserver: {sessions: 7}\n");

    assertThatThrownBy(() -> loadWith("school"))
        .hasMessageContaining("school.yaml:2: unknown key 'recieve_max'. Did you mean")
        .hasMessageContaining("school.yaml:3: 'mqtt.qos_max' must be one of 0, 1, 2, but is '3'.")
        .hasMessageContaining("school.yaml:4: unknown key 'sessions'.")
        .message()
        .hasLineCount(3);
  }

  @Test
  void aProfileThatIsNotThereIsRefused() throws IOException {
    write("1883-plain.yaml", PLAIN);

    assertThatThrownBy(() -> loadWith("school"))
        .hasMessage(
            "--profile: there is no profile 'school'. It would be in "
                + folder.resolve("profiles/school.yaml")
                + ".");
  }

  @Test
  void ourOwnPublicProfileIsValid() {
    Problems problems = new Problems();
    LoadedListeners loaded = ListenerFiles.read(OURS, "public", Choice.ALL, HEAP_BYTES, problems);
    problems.throwIfAny();

    assertThat(loaded.listeners())
        .allSatisfy(spec -> assertThat(spec.limits().topicLevelsMax()).isEqualTo(32));
  }

  @Test
  void aFileThatIsNotTextIsRefused() throws IOException {
    write("1884-other.yaml", PLAIN);
    Files.write(folder.resolve("1883-plain.yaml"), new byte[] {(byte) 0xC0, 0});

    assertThatThrownBy(() -> load(folder))
        .hasMessageContaining(folder.resolve("1883-plain.yaml") + ": this is not UTF-8 text.");
  }

  /// Each folder has listener files, and `expected.txt` with a line for each problem that must be
  /// told of them. A folder without defaults gets ours.
  @ParameterizedTest
  @MethodSource("wrongFolders")
  void allThatIsWrongIsTold(String name) throws IOException {
    try (Stream<Path> files = Files.list(WRONG.resolve(name))) {
      for (Path file : files.toList()) {
        write(file.getFileName().toString(), Files.readString(file));
      }
    }
    String expected = Files.readString(folder.resolve("expected.txt"));
    Files.delete(folder.resolve("expected.txt"));

    Throwable thrown = catchThrowable(() -> load(folder));

    assertThat(thrown).isInstanceOf(InvalidConfiguration.class);
    assertThat(String.valueOf(thrown.getMessage()).replace(folder.toString(), "FOLDER") + "\n")
        .isEqualTo(expected);
  }

  static List<String> wrongFolders() throws IOException {
    try (Stream<Path> folders = Files.list(WRONG)) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
    }
  }

  /// Writes a file into the folder, which has our defaults until it is given others.
  private void write(String file, String text) throws IOException {
    Path defaults = folder.resolve("defaults.yaml");
    if (Files.notExists(defaults)) {
      Files.copy(OURS.resolve("defaults.yaml"), defaults);
    }
    Files.writeString(folder.resolve(file), text);
  }

  private void profile(String name, String text) throws IOException {
    Files.createDirectory(folder.resolve("profiles"));
    Files.writeString(folder.resolve("profiles/" + name + ".yaml"), text);
  }

  private LoadedListeners loadWith(String profile) {
    Problems problems = new Problems();
    LoadedListeners loaded = ListenerFiles.read(folder, profile, Choice.ALL, HEAP_BYTES, problems);
    problems.throwIfAny();
    return loaded;
  }

  private int packetBytesMax(long heapBytes) {
    LoadedListeners loaded = ListenerFiles.load(folder, Set.of(), 0, heapBytes);
    return loaded.listeners().getFirst().limits().packetBytesMax();
  }

  private static LoadedListeners load(Path folder) {
    return ListenerFiles.load(folder, Set.of(), 0, HEAP_BYTES);
  }
}
