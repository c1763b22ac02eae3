package dev.midge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.auth.AccountWriter;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What `./midge passwd` writes.
class PasswdCommandTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  @TempDir private Path folder;
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void copy() throws IOException {
    Files.copy(Path.of("listeners/access.yaml"), folder.resolve("access.yaml"));
  }

  @Test
  void anAccountIsAddedAndAllElseLeftAsItIs() throws IOException {
    String before = Files.readString(folder.resolve("access.yaml"));

    assertThat(run("s3cret: #1\n", "ann", "--policy", "read-only", "--cost", "4")).isZero();

    String after = Files.readString(folder.resolve("access.yaml"));
    assertThat(after).startsWith(before).doesNotContain("s3cret");
    assertThat(new AccountWriter(folder, 4).policy("ann")).isEqualTo("read-only");
    letIn(after.substring(before.length()), "ann", "s3cret: #1");
  }

  @Test
  void anotherPasswordTakesThePlaceOfTheOneBeforeAndThePolicyStays() throws IOException {
    String name = "\\\"ann\\\" # of: sales";
    assertThat(run("one\n", "rw", "--cost", "4")).isZero();
    assertThat(run("one\n", name, "--policy", "everything", "--cost", "4")).isZero();
    assertThat(run("two\n", name, "--cost", "4")).isZero();

    String text = Files.readString(folder.resolve("access.yaml"));
    assertThat(text.split("of: sales", -1)).hasSize(2);
    assertThat(text).contains("  ro:\n    policy: read-only\n", "  wo:\n    policy: write-only\n");
    assertThat(new AccountWriter(folder, 4).policy("rw")).isEqualTo("everything");
  }

  @Test
  void whatCannotBeIsRefusedAndNothingWritten() throws IOException {
    String before = Files.readString(folder.resolve("access.yaml"));

    assertThat(run("x\n", "ann")).isEqualTo(2);
    assertThat(err.toString()).contains("say by --policy what it may do");
    assertThat(run("x\n", "ann", "--policy", "read-olny")).isEqualTo(2);
    assertThat(err.toString())
        .contains("there is no policy 'read-olny'. Did you mean 'read-only'?");
    assertThat(run("", "ann", "--policy", "read-only")).isEqualTo(2);
    assertThat(run("x\n", "a\nb", "--policy", "read-only")).isEqualTo(2);

    assertThat(folder.resolve("access.yaml")).hasContent(before);
    assertThat(folder).isDirectoryContaining("glob:**/access.yaml");
  }

  private void letIn(String accounts, String name, String password) throws IOException {
    SERVER.replaceAccess("", accounts.indent(-2));
    try (RawClient client = RawClient.open(SERVER.port("plain-auth")).speak(5)) {
      client.send("10 ( \"MQTT\" 05 c2 003c ( ) \"me\" \"%s\" \"%s\" )".formatted(name, password));
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isZero();
    }
  }

  private int run(String input, String... arguments) {
    InputStream terminal = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      String[] all = new String[arguments.length + 2];
      System.arraycopy(arguments, 0, all, 0, arguments.length);
      all[arguments.length] = "--listeners";
      all[arguments.length + 1] = folder.toString();
      return new CommandLine(new PasswdCommand()).setErr(new PrintWriter(err, true)).execute(all);
    } finally {
      System.setIn(terminal);
    }
  }
}
