package dev.midge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.TestServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import picocli.CommandLine;

/// `midge probe`, which knows of a server what its web site tells.
class ProbeCommandTest {
  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener("narrow", "limits: { connections_max: 1 }")
          .listener(
              "liar", "tls: { certificate: localhost }\nexplanation: It lies.", "fault: expired");

  private final StringWriter out = new StringWriter();

  private int probe(String... options) {
    CommandLine command = new CommandLine(new ProbeCommand());
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(new StringWriter()));
    return command.execute(options);
  }

  @Test
  void fromElsewhereItFindsWhatIsNotAsPromisedAndNothingElse() {
    SERVER.server().lookAtItself(); // All certificates are made.
    int status = probe("--target", "http://127.0.0.1:" + SERVER.port("web"));

    assertThat(status).isEqualTo(1);
    List<String> bad = out.toString().lines().filter(line -> line.startsWith("BAD")).toList();
    assertThat(bad).hasSize(1).first().asString().contains("liar", "not expired but nothing");
    assertThat(out.toString().lines().filter(line -> line.startsWith("good")))
        .hasSize(SERVER.publicEndpoints().size() - 1)
        .anyMatch(line -> line.contains("tls-missing-intermediate"))
        .anyMatch(line -> line.contains("tls-revoked"))
        .anyMatch(line -> line.contains("plain ") && line.contains("echo "));
  }

  @Test
  void itTellsProgramsTheSame() {
    probe("--json", "--target", "http://127.0.0.1:" + SERVER.port("web"));

    assertThat(out.toString())
        .contains("\"name\":\"plain\",\"up\":true,\"probes\":[{\"family\":\"IPv4\",\"good\":true")
        .contains("\"name\":\"liar\",\"up\":false");
  }

  @Test
  void aServerThatDoesNotAnswerIsTold() {
    assertThat(probe("--target", "http://localhost:1")).isEqualTo(1);
    assertThat(probe("--target", "nowhere")).isEqualTo(2);
  }
}
