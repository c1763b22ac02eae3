package dev.midge.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.TestServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What `mosquitto_pub` and `mosquitto_sub` can do of what MQTT 5.0 adds.
class Mosquitto5Test {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private final Mosquitto mosquitto;

  Mosquitto5Test() throws Exception {
    mosquitto = Mosquitto.at(SERVER.port(), "mqttv5");
  }

  @AfterEach
  void endMosquitto() {
    mosquitto.close();
  }

  @Test
  void propertiesArePassedOn() throws Exception {
    Command sub = mosquitto.subAs("%t|%C|%R|%D|%P|%p", "-t", "properties");
    List<String> words = new ArrayList<>();
    for (String property :
        List.of(
            "content-type text/plain",
            "response-topic answers/here",
            "correlation-data 42",
            "message-expiry-interval 1000",
            "user-property a 1",
            "user-property b 2")) {
      words.addAll(List.of("-D", "publish"));
      words.addAll(List.of(property.split(" ")));
    }
    words.addAll(List.of("-t", "properties", "-m", "x"));

    mosquitto.pub(words.toArray(String[]::new));

    assertThat(sub.next()).isEqualTo("properties|text/plain|answers/here|42|a:1 b:2|x");
  }

  @Test
  void topicAliasesAreTakenForTheirTopics() throws Exception {
    Command sub = mosquitto.sub("-q", "1", "-t", "alias/#");

    mosquitto.pubLines(
        List.of("one", "two", "three"),
        "-t",
        "alias/a",
        "-q",
        "1",
        "-D",
        "publish",
        "topic-alias",
        "5");

    assertThat(sub.next(3))
        .containsExactly("alias/a 1 0 one", "alias/a 1 0 two", "alias/a 1 0 three");
  }

  @Test
  void aMessageTellsForWhichSubscriptionItCame() throws Exception {
    Command sub =
        mosquitto.subAs(
            "%t %S %p", "-t", "ids", "-D", "subscribe", "subscription-identifier", "300");

    mosquitto.pub("-t", "ids", "-m", "x");

    assertThat(sub.next()).isEqualTo("ids 300 x");
  }
}
