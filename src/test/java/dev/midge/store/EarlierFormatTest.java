package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What an earlier build wrote in the format that is still written today, found by this one.
///
/// The folder is the store of a server of commit 7be83ef, killed while these were there: `keeper`
/// (5.0) with `kept/#` at QoS 2 and identifier 7, `$share/group/shared` at QoS 1, one message in
/// flight at QoS 1 and one released at QoS 2, three that waited, and an identifier that it had
/// published with and not released; `older` (3.1.1) with one that waited; `willed`, connected, with
/// a will to be retained; a retained message. No record says who these clients were.
final class EarlierFormatTest {
  private static final Path FOLDER = Path.of("src/test/resources/store/format-3");

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  @BeforeAll
  static void startOnIt() {
    SERVER.restart(() -> {
      Path store = SERVER.data().resolve("store");
      StoreFolder.delete(store);
      try (var files = Files.newDirectoryStream(FOLDER)) {
        Files.createDirectory(store);
        for (Path file : files) {
          Files.copy(file, store.resolve(file.getFileName()));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  private static RawClient back(int version, String id) {
    RawClient client = RawClient.open(SERVER.port()).speak(version);
    client.send(RawClient.connect(version, 0x00, "11 ffffffff", id));
    assertThat(client.expectType(WirePacket.CONNACK).sessionPresent()).as("session").isTrue();
    return client;
  }

  @Test
  void nothingOfASessionIsLost() {
    try (RawClient keeper = back(5, "keeper");
        RawClient witness = RawClient.connected(SERVER.port(), 5, "witness")) {
      keeper
          .expect("62 02 0002")
          .expect("3a ( \"kept/1\" 0001 ( 0b 07 ) 'first' )")
          .expect("33 ( \"kept/retained\" 0003 ( 0b 07 26 \"name\" \"value\" ) 'third' )")
          .expect("34 ( \"kept/older\" 0004 ( 0b 07 09 [ 'data' ] 08 \"answers\" ) 'fourth' )")
          .expect("32 ( \"shared\" 0005 ( ) 'fifth' )")
          .expect("33 ( \"kept/will\" 0006 ( 0b 07 01 01 03 \"text/plain\" ) 'goodbye' )")
          .expectNothing();
      witness.send("82 ( 0001 ( ) \"other\" 00 )").expectType(WirePacket.SUBACK);
      keeper.send("3c ( \"other\" 0009 ( ) 'once' )").expect("50 02 0009");
      witness.expectNothing();
    }
    try (RawClient older = back(4, "older")) {
      older.expect("32 ( \"kept/older\" 0001 'fourth' )");
    }
  }

  @Test
  void whatIsRetainedIsStillThere() {
    try (RawClient client = RawClient.connected(SERVER.port(), 5, "newcomer")) {
      client.send("82 ( 0001 ( ) \"kept/retained\" 00 )").expectType(WirePacket.SUBACK);
      client.expect("31 ( \"kept/retained\" ( 26 \"name\" \"value\" ) 'third' )");
    }
  }

  @Test
  void allOfItFitsTogether() {
    SERVER.restart(() -> {
      try (StoreFolder store = StoreFolder.open(SERVER.data().resolve("store"))) {
        assertThat(store.check((_, _) -> {})).isEmpty();
      }
    });
  }
}
