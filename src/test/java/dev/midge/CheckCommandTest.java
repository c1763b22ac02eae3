package dev.midge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.listener.ListenerFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// What `./midge check` says of a configuration, without a server.
class CheckCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"local", "public"})
  void ourOwnConfigurationIsRight(String profile) {
    assertThat(run("--profile", profile)).isZero();
    assertThat(out.toString()).endsWith("listeners, all as they should be.\n");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void everyMistakeOfEveryFileIsTold() throws IOException {
    Path listeners = Files.createDirectory(folder.resolve("listeners"));
    for (String file :
        new String[] {"defaults.yaml", "access.yaml", "1883-plain.yaml", "8883-tls.yaml"}) {
      String text = Files.readString(Path.of("listeners", file));
      Files.writeString(
          listeners.resolve(file),
          text.replace("loops: auto", "loops: none")
              .replace("name: plain", "name: plane")
              .replace("port: 1883", "port: 1884")
              .replace("certificate: localhost", "certificate: locahost")
              .replace(
                  "summary: MQTT over TLS", "access: { policy: publik }\nsummary: MQTT over TLS"));
    }
    Path certs = Files.createDirectory(folder.resolve("certs"));
    Files.writeString(certs.resolve("localhost.yaml"), "name: localhost\nkind: clown\n");

    assertThat(run("--listeners", listeners.toString(), "--certs", "certs")).isEqualTo(2);
    assertThat(err.toString())
        .contains("1883-plain.yaml:1: the name 'plane' is not the name in 1883-plain.yaml.")
        .contains("1883-plain.yaml:2: port 1884 is not the port in 1883-plain.yaml.")
        .contains("8883-tls.yaml:6: there is no recipe for a certificate 'locahost'.")
        .contains("8883-tls.yaml:3: there is no policy 'publik'. Did you mean 'public'?")
        .contains("'server.loops' must be a whole number")
        .hasLineCount(5);

    assertThat(run("--listeners", listeners.toString(), "--certs", certs.toString())).isEqualTo(2);
    assertThat(err.toString())
        .contains("localhost.yaml:2: 'kind' must be one of")
        .contains("localhost.yaml: the key 'subject' is missing.")
        .contains("'server.loops' must be a whole number");
  }

  @Test
  void mistakesOfAllProfilesAreTold() throws IOException {
    Path listeners = Files.createDirectory(folder.resolve("listeners"));
    for (String file : new String[] {"defaults.yaml", "access.yaml", "1883-plain.yaml"}) {
      Files.copy(Path.of("listeners", file), listeners.resolve(file));
    }
    Files.createDirectory(listeners.resolve("profiles"));
    Files.writeString(listeners.resolve("profiles/school.yaml"), "mqtt: { qos_max: 3 }\n");
    Files.writeString(listeners.resolve("profiles/club.yaml"), "access: { policy: publik }\n");

    assertThat(run("--listeners", listeners.toString())).isEqualTo(2);
    assertThat(err.toString())
        .contains("club.yaml:1: there is no policy 'publik'. Did you mean 'public'?")
        .contains("school.yaml:1: 'mqtt.qos_max' must be one of 0, 1, 2, but is '3'.")
        .hasLineCount(2);

    assertThat(run("--listeners", listeners.toString(), "--profile", "local")).isZero();
  }

  @Test
  void aServerWithoutRulesDoesNotStart() throws IOException {
    Path listeners = Files.createDirectory(folder.resolve("listeners"));
    for (String file : new String[] {"defaults.yaml", "1883-plain.yaml"}) {
      Files.copy(Path.of("listeners", file), listeners.resolve(file));
    }
    Configuration.Source source =
        new Configuration.Source(listeners, ListenerFiles.LOCAL, Path.of("certs"), Set.of(), 0);

    assertThatThrownBy(() -> Configuration.read(source))
        .hasMessageContaining("access.yaml: this file is missing.");

    Files.writeString(listeners.resolve("access.yaml"), "policies: {}\n");
    assertThatThrownBy(() -> Configuration.read(source))
        .hasMessageContaining("there is no policy 'everything'");
  }

  private int run(String... arguments) {
    CommandLine command =
        new CommandLine(new CheckCommand())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return command.execute(arguments);
  }
}
