package dev.midge.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Requirement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// `mosquitto_pub` and `mosquitto_sub`, talking to one port, and killed at the end of a test.
final class Mosquitto implements AutoCloseable {
  private final int port;
  private final String version;
  private final List<Command> commands = new ArrayList<>();

  private Mosquitto(int port, String version) {
    this.port = port;
    this.version = version;
  }

  /// Makes sure that they are here, and readies the server for [#sub].
  ///
  /// @param version as their option `-V` has it
  static Mosquitto at(int port, String version) throws Exception {
    require();
    Mosquitto mosquitto = new Mosquitto(port, version);
    mosquitto.pub("-t", "ready", "-m", "yes", "-r", "-q", "1");
    return mosquitto;
  }

  /// Makes sure that they are here.
  static void require() {
    Requirement.require(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "mosquitto_sub"))),
        "mosquitto_sub is missing: install mosquitto-clients.");
  }

  /// A subscriber that has subscribed, and prints topic, QoS, retain flag and payload.
  Command sub(String... words) throws Exception {
    return subAs("%t %q %r %p", words);
  }

  /// The same with another format.
  Command subAs(String format, String... words) throws Exception {
    // The last filter is that of a retained message: when it comes, all filters are in place.
    Command sub = start("mosquitto_sub", with(words, "-t", "ready", "-F", format));
    assertThat(sub.next()).startsWith("ready").endsWith("yes");
    return sub;
  }

  /// Publishes, and waits until that is done.
  void pub(String... words) throws Exception {
    assertThat(start("mosquitto_pub", words).status()).isZero();
  }

  /// Publishes each line as a message.
  void pubLines(List<String> lines, String... words) throws Exception {
    assertThat(start("mosquitto_pub", with(words, "-l")).type(lines).status()).isZero();
  }

  /// Starts one of them.
  Command start(String program, String... words) {
    List<String> all = new ArrayList<>(List.of(program, "-V", version, "-h", "127.0.0.1"));
    all.addAll(List.of("-p", "" + port));
    all.addAll(List.of(words));
    Command command = Command.start(all);
    commands.add(command);
    return command;
  }

  /// Kills those that are left.
  @Override
  public void close() {
    commands.forEach(Command::close);
  }

  /// These words and more.
  static String[] with(String[] words, String... more) {
    return Stream.of(words, more).flatMap(Stream::of).toArray(String[]::new);
  }
}
