package dev.midge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.AtLeastOnce;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What `midge store` does with the data of a server that runs, and of one that is stopped.
class StoreCommandTest {
  private static final int MESSAGES = 20;

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  @TempDir private Path temporary;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine command = new CommandLine(new StoreCommand());
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(arguments);
  }

  private static RawClient client(String id) {
    RawClient client = RawClient.open(SERVER.port()).speak(5);
    client.send(RawClient.connect(5, 0x00, "11 ffffffff", id)).expectType(WirePacket.CONNACK);
    return client;
  }

  private static void fillQueue(String id) {
    try (RawClient client = client(id)) {
      client.send("82 ( 0001 ( ) \"%s\" 01 )".formatted(id)).expectType(WirePacket.SUBACK);
      client.leave();
    }
    try (RawClient publisher = RawClient.connected(SERVER.port(), 5, "publisher")) {
      for (int i = 0; i < MESSAGES; i++) {
        publisher.send("32 ( \"%s\" 0007 ( ) 'text' )".formatted(id)).expectType(WirePacket.PUBACK);
      }
    }
  }

  private static void drainQueue(String id) {
    try (RawClient client = client(id)) {
      AtLeastOnce.take(client, MESSAGES);
      client.expectNothing().leave();
    }
  }

  @Test
  void whatIsKeptIsSeenWhileTheServerRuns() {
    fillQueue("seen");
    String data = SERVER.data().toString();

    assertThat(run("inspect", "--data", data)).isZero();
    assertThat(out.toString()).containsPattern("20 +[0-9]+ +seen\\R");
    assertThat(run("check", "--data", data)).isZero();
    assertThat(out.toString()).endsWith("All fits together." + System.lineSeparator());
  }

  @Test
  void aBackupOfARunningServerIsPutBackWhileItIsStopped() {
    fillQueue("queued");
    String data = SERVER.data().toString();
    String backup = temporary.resolve("backup").toString();

    assertThat(run("backup", backup, "--data", data)).isZero();
    assertThat(run("check", backup)).isZero();
    assertThat(run("backup", backup, "--data", data)).as("a second one there").isEqualTo(1);
    assertThat(run("restore", backup, "--data", data)).as("while it runs").isEqualTo(1);
    assertThat(err.toString()).contains("another Midge");
    drainQueue("queued");
    SERVER.restart(() -> {
      assertThat(run("restore", backup, "--data", data)).isEqualTo(1);
      assertThat(err.toString()).contains("--replace deletes it");
      assertThat(run("restore", backup, "--data", data, "--replace")).isZero();
    });

    drainQueue("queued");
  }

  @Test
  void whereNoStoreIsThatIsSaidInOneLine() {
    assertThat(run("inspect", "--data", temporary.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("there is no store").hasLineCount(1);
  }
}
