package dev.midge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.AtLeastOnce;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What `midge store`, `backup` and `restore` do with the data of a server that runs, and of one
/// that is stopped.
class StoreCommandTest {
  private static final int MESSAGES = 20;

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  @TempDir private Path temporary;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return midge(Stream.concat(Stream.of("store"), Stream.of(arguments)).toArray(String[]::new));
  }

  private int midge(String... arguments) {
    CommandLine command =
        new CommandLine(new Main())
            .addSubcommand(new StoreCommand())
            .addSubcommand(new BackupCommand())
            .addSubcommand(new RestoreCommand());
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
  void aBackupOfARunningServerTakesItsPlaceAtTheNextStart() throws IOException {
    fillQueue("queued");
    String data = SERVER.data().toString();
    Path backup = temporary.resolve("backup");

    assertThat(midge("backup", backup.toString(), "--data", data)).isZero();
    assertThat(run("check", backup.toString())).isZero();
    assertThat(midge("backup", backup.toString(), "--data", data)).as("again").isEqualTo(1);
    assertThat(err.toString()).contains("is there already");
    Path key = SERVER.data().resolve("certs/ca.pem");
    assertThat(backup.resolve("certs/ca.pem")).hasSameTextualContentAs(key);
    drainQueue("queued");
    Files.writeString(backup.resolve("tokens-of-before"), "put back");

    assertThat(midge("restore", backup.toString(), "--data", data)).isZero();
    try (RawClient client = client("queued")) {
      client.expectNothing().leave();
    }
    SERVER.restart();

    drainQueue("queued");
    assertThat(SERVER.data().resolve("tokens-of-before")).hasContent("put back");
    assertThat(SERVER.data().resolve("restored")).doesNotExist();
  }

  @Test
  void whatIsNoBackupIsNotPutBack() {
    String data = SERVER.data().toString();

    assertThat(midge("restore", temporary.toString(), "--data", data)).isEqualTo(1);
    assertThat(err.toString()).contains("there is no store").hasLineCount(1);
    assertThat(SERVER.data().resolve("restored")).doesNotExist();
  }

  @Test
  void whatCannotBePutBackLeavesInPlaceWhatWaitsToBe() throws IOException {
    String data = SERVER.data().toString();
    Path backup = temporary.resolve("backup");
    assertThat(midge("backup", backup.toString(), "--data", data)).isZero();
    Files.writeString(backup.resolve("mark"), "first");
    assertThat(midge("restore", backup.toString(), "--data", data)).isZero();
    Path damaged = temporary.resolve("damaged");
    Files.createDirectories(damaged.resolve("store"));
    Files.writeString(damaged.resolve("store/CURRENT"), "MANIFEST-000001\n");

    assertThat(midge("restore", damaged.toString(), "--data", data)).isEqualTo(1);
    SERVER.restart();

    assertThat(SERVER.data().resolve("mark")).hasContent("first");
  }

  @Test
  void whatIsPutBackLastTakesItsPlace() throws IOException {
    String data = SERVER.data().toString();
    Path backup = temporary.resolve("backup");
    assertThat(midge("backup", backup.toString(), "--data", data)).isZero();
    for (String mark : List.of("first", "last")) {
      Files.writeString(backup.resolve("mark"), mark);
      assertThat(midge("restore", backup.toString(), "--data", data)).isZero();
    }

    SERVER.restart();

    assertThat(SERVER.data().resolve("mark")).hasContent("last");
    assertThat(SERVER.data())
        .isDirectoryNotContaining(path -> path.getFileName().toString().startsWith("restored"));
  }

  @Test
  void whereNoStoreIsThatIsSaidInOneLine() {
    assertThat(run("inspect", "--data", temporary.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("there is no store").hasLineCount(1);
  }
}
