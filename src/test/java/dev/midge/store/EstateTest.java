package dev.midge.store;

import static dev.midge.kit.AtLeastOnce.take;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.AtLeastOnce;
import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a member of a group leaves on disk when its session ends goes to the others, whichever loop
/// they live on. (4.8.2)
final class EstateTest {
  private static final String FOREVER = "11 ffffffff";

  /// More than is ever in memory for a client that is away.
  private static final int MESSAGES = 200;

  @RegisterExtension static final TestServer SERVER = TestServer.local().shared("  loops: 2\n");

  private static RawClient open(String id, int flags, String properties) {
    RawClient client = RawClient.open(SERVER.port()).speak(5);
    client.send(RawClient.connect(5, flags, properties, id));
    client.expectType(WirePacket.CONNACK);
    return client;
  }

  private static void join(RawClient client, String group) {
    client.send("82 ( 0001 ( ) \"$share/%s/%s\" 01 )".formatted(group, group));
    assertThat(client.expectType(WirePacket.SUBACK).reasons()).containsExactly(1);
  }

  /// A member that leaves with its session kept, before so many messages come for its group.
  private static List<String> leaveTo(String id, String properties, String group) {
    try (RawClient member = open(id, 0x00, properties)) {
      join(member, group);
      member.leave();
    }
    List<String> texts = IntStream.range(0, MESSAGES).mapToObj(i -> "message " + i).toList();
    publish(group, texts);
    return texts;
  }

  private static void publish(String topic, List<String> texts) {
    AtLeastOnce.publish(SERVER.port(), 0, topic, texts);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "c", "d"})
  @Statement("MQTT-4.8.2-4")
  void whatWaitsOnDiskGoesToAMemberThatIsThere(String heir) {
    String group = "there-" + heir;
    List<String> left = leaveTo("leaves-to-" + heir, FOREVER, group);
    try (RawClient member = open("heir-" + heir, 0x00, FOREVER)) {
      join(member, group);
      try (RawClient begins = open("leaves-to-" + heir, 0x02, "")) {
        assertThat(take(member, MESSAGES)).isEqualTo(left);
        begins.leave();
      }
    }
  }

  @Test
  @Statement("MQTT-4.8.2-4")
  void whatWasSentAndNotAcknowledgedGoesToo() {
    String group = "in-flight";
    List<String> left = new ArrayList<>();
    try (RawClient member = open("in-flight-leaves", 0x00, FOREVER)) {
      join(member, group);
      publish(group, List.of("first", "second"));
      left.add(member.expectType(WirePacket.PUBLISH).text());
      left.add(member.expectType(WirePacket.PUBLISH).text());
      member.leave();
    }
    try (RawClient member = open("in-flight-heir", 0x00, FOREVER)) {
      join(member, group);
      try (RawClient begins = open("in-flight-leaves", 0x02, "")) {
        assertThat(take(member, 2)).containsExactlyInAnyOrderElementsOf(left);
        begins.leave();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "c", "d"})
  @Statement("MQTT-4.8.2-4")
  void whatASessionLeavesThatEndsWhileTheServerIsDownGoesToAMemberThatIsAway(String heir) {
    String group = "away-" + heir;
    try (RawClient member = open("away-heir-" + heir, 0x00, FOREVER)) {
      join(member, group);
      member.leave();
    }
    List<String> all = leaveTo("expires-for-" + heir, "11 00000001", group);

    SERVER.restartAfter(Duration.ofMillis(1100));

    try (RawClient member = open("away-heir-" + heir, 0x00, FOREVER)) {
      assertThat(take(member, MESSAGES)).containsExactlyInAnyOrderElementsOf(all);
    }
    SERVER.restart();
    try (RawClient member = open("away-heir-" + heir, 0x00, FOREVER)) {
      publish(group, List.of("last"));
      assertThat(take(member, 1)).as("nothing comes twice").containsExactly("last");
    }
  }
}
