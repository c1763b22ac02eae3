package dev.midge.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `midge sub` prints, and how it ends.
@Timeout(60)
class SubTest {

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local().listener("strict", "mqtt: { wildcards: false }");

  @ParameterizedTest
  @ValueSource(strings = {"311", "5"})
  void itEndsAfterThatManyMessagesAndAcknowledgesTheLast(String version) throws Exception {
    String id = "counting-" + version;
    var first = subscribed("-t", "s/#", "-q", "1", "-C", "2", "-c", "-i", id, "-V", version);
    publish("32 ( \"s/1\" 0001 ( ) 'a' ) 32 ( \"s/2\" 0002 ( ) 'b' ) 32 ( \"s/3\" 0003 ( ) 'c' )");
    assertThat(first.status()).isZero();
    assertThat(first.output()).isEqualTo("a\nb\n");

    var second = sub("-t", "none", "-q", "1", "-C", "1", "-c", "-i", id, "-V", version);
    assertThat(second.status()).isZero();
    assertThat(second.output()).isEqualTo("c\n");
  }

  @Test
  void itEndsWithStatus27WhenItsTimeIsOver() {
    var run = sub("-t", "s/silence", "-W", "1");
    assertThat(run.status()).isEqualTo(27);
    assertThat(run.errors()).isEqualTo("Timed out\n");
  }

  @Test
  void itEndsWhenItHasSubscribedIfThatIsAll() {
    assertThat(sub("-t", "s/a", "-t", "s/b", "-U", "s/c", "-E").status()).isZero();
  }

  @Test
  void aBurstIsPrintedInFull() throws Exception {
    int messages = 5_000;
    var run = subscribed("-t", "s/burst", "-C", "" + messages);
    StringBuilder burst = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < messages; i++) {
      burst.append("30 ( \"s/burst\" ( ) '").append(i).append("' ) ");
      expected.append(i).append('\n');
    }
    publish(burst.toString());
    assertThat(run.status()).isZero();
    assertThat(run.output()).isEqualTo(expected.toString());
  }

  @Test
  void retainedMessagesArePrintedOrNotAsAsked() throws Exception {
    publish("31 ( \"kept/a\" ( ) 'old' )");
    assertThat(sub("-t", "kept/#", "-C", "1", "-F", "%r%p").output()).isEqualTo("1old\n");

    var fresh = subscribed("-t", "kept/#", "-R", "-C", "1");
    publish("30 ( \"kept/a\" ( ) 'new' )");
    assertThat(fresh.status()).isZero();
    assertThat(fresh.output()).isEqualTo("new\n");

    var old = subscribed("-t", "kept/#", "--retained-only");
    publish("30 ( \"kept/a\" ( ) 'new' )");
    assertThat(old.status()).isZero();
    assertThat(old.output()).isEqualTo("old\n");
  }

  @Test
  void retainedMessagesAreClearedButThoseThatAreHidden() throws Exception {
    publish("31 ( \"stale/a\" ( ) '1' ) 31 ( \"stale/b\" ( ) '2' ) 31 ( \"stale/keep\" ( ) '3' )");
    var run = sub("-t", "stale/#", "-T", "stale/keep", "--remove-retained", "-C", "2");
    assertThat(run.status()).isZero();
    assertThat(sub("-t", "stale/#", "-v", "-C", "1").output()).isEqualTo("stale/keep 3\n");
    publish("31 ( \"stale/keep\" ( ) )");
  }

  @Test
  void subscriptionOptionsOfVersion5AreSent() throws Exception {
    publish("31 ( \"opt/a\" ( ) 'old' )");
    var run =
        subscribed(
            "-V",
            "5",
            "-t",
            "opt/#",
            "--retain-handling",
            "never",
            "--retain-as-published",
            "-C",
            "1",
            "-F",
            "%r%p");
    publish("31 ( \"opt/a\" ( ) 'new' )");
    assertThat(run.status()).isZero();
    assertThat(run.output()).isEqualTo("1new\n");
    assertThat(sub("-t", "a", "--retain-as-published").errors()).contains("need -V 5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"311", "5"})
  void aDeniedSubscriptionIsTold(String version) {
    String port = "" + SERVER.port("strict");
    var run = ClientRun.run("sub", "-h", "127.0.0.1", "-p", port, "-V", version, "-t", "#");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.errors()).isEqualTo("All subscription requests were denied.\n");
  }

  @Test
  void whoIsDisplacedIsToldWhy() throws Exception {
    var run = subscribed("-t", "s/a", "-i", "twin", "-V", "5");
    RawClient.connected(SERVER.port(), 5, "twin").close();
    assertThat(run.status()).isEqualTo(142);
    assertThat(run.errors()).startsWith("The server disconnected: Session taken over");
  }

  @Test
  void aLostConnectionIsToldAndFoundAgain() throws Exception {
    var run = subscribed("-t", "s/again", "-i", "lost", "-C", "1");
    RawClient thief = RawClient.connected(SERVER.port(), 4, "lost");
    // The client connects again, and so displaces who displaced it.
    thief.expectClosed();
    try (RawClient publisher = RawClient.connected(SERVER.port(), 5, "")) {
      int reason;
      do {
        publisher.send("32 ( \"s/again\" 0001 ( ) 'back' )");
        var ack = publisher.read();
        reason = ack.body().length > 2 ? ack.body()[2] : 0;
      } while (reason == 0x10);
    }
    assertThat(run.status()).isZero();
    assertThat(run.output()).isEqualTo("back\n");
    assertThat(run.errors()).contains("Trying to connect again every second.");
  }

  @Test
  void packetsArePrintedIfSoAsked() throws Exception {
    var run = subscribed("-t", "s/d", "-C", "1", "-i", "me", "-q", "1");
    publish("32 ( \"s/d\" 0001 ( ) 'x' )");
    run.status();
    assertThat(run.wholeOutput())
        .isEqualTo(
            """
            Client me sending CONNECT
            Client me received CONNACK (0)
            Client me sending SUBSCRIBE (Topic: s/d, QoS: 1)
            Client me received SUBACK
            Subscribed: 1
            Client me received PUBLISH (q1, r0, 's/d', ... (1 bytes))
            x
            Client me sending DISCONNECT
            """);
  }

  @Test
  void helpTellsOptionsFormatsAndStatuses() {
    assertThat(ClientRun.run("sub", "--help").status()).isZero();
    assertThat(ClientRun.run("pub", "--help").status()).isZero();
  }

  /// Publishes in MQTT 5.0, and returns when the server has it.
  private static void publish(String notation) {
    try (RawClient publisher = RawClient.connected(SERVER.port(), 5, "")) {
      publisher.send(notation);
      publisher.send("c0 00");
      while (publisher.read().header() != 0xd0) {
        // What comes before is acknowledgements.
      }
    }
  }

  private static ClientRun subscribed(String... arguments) throws InterruptedException {
    return ClientRun.subscribed(SERVER.port(), arguments);
  }

  private static ClientRun sub(String... arguments) {
    String[] all = new String[arguments.length + 5];
    System.arraycopy(
        new String[] {"sub", "-h", "127.0.0.1", "-p", "" + SERVER.port()}, 0, all, 0, 5);
    System.arraycopy(arguments, 0, all, 5, arguments.length);
    return ClientRun.run(all);
  }
}
