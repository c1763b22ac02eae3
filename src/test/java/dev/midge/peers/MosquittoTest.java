package dev.midge.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.TestServer;
import dev.midge.packet.ReasonCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `mosquitto_pub` and `mosquitto_sub` can do, over TCP.
@ParameterizedClass
@ValueSource(strings = {"mqttv31", "mqttv311", "mqttv5"})
class MosquittoTest {
  private static final String STRANGER = "stranger";

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .authenticating(connect ->
              CompletableFuture.completedFuture(
                  STRANGER.equals(connect.userName())
                      ? ReasonCode.NOT_AUTHORIZED
                      : ReasonCode.SUCCESS));

  private final String version;
  private final Mosquitto mosquitto;
  @TempDir private Path folder;

  MosquittoTest(String version) throws Exception {
    this.version = version;
    this.mosquitto = Mosquitto.at(SERVER.port(), version);
  }

  @AfterEach
  void endMosquitto() {
    mosquitto.close();
  }

  @Test
  void aMessageComesAndGoesWithEachQos() throws Exception {
    Command sub = mosquitto.sub("-q", "2", "-t", "qos/#");
    for (String qos : List.of("0", "1", "2")) {
      mosquitto.pub("-t", "qos/a", "-q", qos, "-m", "Grüße");
      assertThat(sub.next()).isEqualTo("qos/a " + qos + " 0 Grüße");
    }
  }

  @Test
  void aRetainedMessageWaitsForSubscribersUntilItIsCleared() throws Exception {
    mosquitto.pub("-t", "retained/a", "-m", "kept", "-q", "1", "-r");
    Command early =
        mosquitto.start("mosquitto_sub", "-q", "1", "-t", "retained/#", "-F", "%t %q %r %p");
    assertThat(early.next()).isEqualTo("retained/a 1 1 kept");

    mosquitto.pub("-t", "retained/a", "-n", "-r");
    Command late = mosquitto.sub("-t", "retained/#");
    mosquitto.pub("-t", "retained/end", "-m", "end");
    assertThat(late.next()).isEqualTo("retained/end 0 0 end");
  }

  @Test
  void theWillOfAClientThatVanishesIsPublished() throws Exception {
    Command watching = mosquitto.sub("-q", "1", "-t", "will");
    Command mortal =
        mosquitto.sub(
            "-t", "x", "--will-topic", "will", "--will-payload", "gone", "--will-qos", "1");

    mortal.close();

    assertThat(watching.next()).isEqualTo("will 1 0 gone");
  }

  @Test
  void wildcardsMatch() throws Exception {
    Command sub = mosquitto.sub("-t", "one/+/level", "-t", "all/#");
    for (String topic : List.of("one/level", "one/a/level", "one/a/b/level", "all", "all/a/b")) {
      mosquitto.pub("-t", topic, "-m", "x");
    }
    assertThat(sub.next(3)).containsExactly("one/a/level 0 0 x", "all 0 0 x", "all/a/b 0 0 x");
  }

  @Test
  void aSharedSubscriptionGetsEachMessageOnce() throws Exception {
    List<Command> members =
        List.of(
            mosquitto.sub("-q", "1", "-t", "$share/team/jobs"),
            mosquitto.sub("-q", "1", "-t", "$share/team/jobs"));
    mosquitto.pubLines(numbered(20), "-t", "jobs", "-q", "1");

    List<String> done = new ArrayList<>(members.getFirst().next(10));
    done.addAll(members.getLast().next(10));
    assertThat(done)
        .containsExactlyInAnyOrderElementsOf(
            numbered(20).stream().map(line -> "jobs 1 0 " + line).toList());
  }

  @Test
  void aSessionThatIsResumedHasWhatCameMeanwhile() throws Exception {
    String[] session = {"-c", "-i", "resuming " + version, "-q", "1", "-t", "resume"};
    assertThat(mosquitto.start("mosquitto_sub", Mosquitto.with(session, "-E")).status()).isZero();
    mosquitto.pubLines(numbered(5), "-t", "resume", "-q", "1");

    Command sub = mosquitto.start("mosquitto_sub", Mosquitto.with(session, "-C", "5"));

    assertThat(sub.next(5)).isEqualTo(numbered(5));
    assertThat(sub.status()).isZero();
  }

  @Test
  void aClientThatMayNotConnectIsToldWhy() throws Exception {
    Command pub = mosquitto.start("mosquitto_pub", "-t", "x", "-m", "x", "-u", STRANGER);

    assertThat(pub.status()).isEqualTo(version.equals("mqttv5") ? 0x87 : 5);
  }

  @Test
  void megabytesComeAndGo() throws Exception {
    String text = "0123456789abcdef".repeat(3 << 16);
    Path file = Files.writeString(folder.resolve("large"), text);
    Command sub = mosquitto.sub("-q", "1", "-t", "large");

    mosquitto.pub("-t", "large", "-q", "1", "-f", file.toString());

    assertThat(sub.next()).isEqualTo("large 1 0 " + text);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aThousandMessagesComeInOrder(int qos) throws Exception {
    Command sub = mosquitto.sub("-q", "" + qos, "-t", "many");

    mosquitto.pubLines(numbered(1000), "-t", "many", "-q", "" + qos);

    assertThat(sub.next(1000))
        .isEqualTo(numbered(1000).stream().map(line -> "many " + qos + " 0 " + line).toList());
  }

  private static List<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(i -> "message " + i).toList();
  }
}
