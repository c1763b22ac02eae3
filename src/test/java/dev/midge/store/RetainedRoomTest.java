package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Retained messages that are more than the server may keep in memory after a start with lower
/// limits: they stay on disk until there is room for them.
final class RetainedRoomTest {
  private static final int ALL = 10;
  private static final int FEW = 4;

  @RegisterExtension
  static final TestServer SERVER = TestServer.local().shared("  retained_messages_max: 10\n");

  private static void restartWithRoomFor(int count) {
    SERVER.restart(() -> {
      Path defaults = SERVER.data().resolveSibling("listeners/defaults.yaml");
      try {
        String text = Files.readString(defaults);
        Files.writeString(
            defaults,
            text.replaceFirst("retained_messages_max: \\d+", "retained_messages_max: " + count));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  private static void retain(int topic, String payload) {
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "publisher")) {
      client.send("33 ( \"room/%d\" 0007 %s )".formatted(topic, payload)).expect("40 02 0007");
    }
  }

  /// The topics for which somebody new gets a message.
  private static Set<String> retained() {
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "observer")) {
      client.send("82 ( 0001 \"room/#\" 00 )").expectType(WirePacket.SUBACK);
      client.send("c0 00");
      Set<String> topics = new TreeSet<>();
      for (WirePacket next = client.read();
          next.type() == WirePacket.PUBLISH;
          next = client.read()) {
        assertThat(topics.add(next.topic())).isTrue();
      }
      return topics;
    }
  }

  @Test
  void whatFindsNoRoomAtTheStartIsThereWhenThereIsRoom() {
    for (int i = 0; i < ALL; i++) {
      retain(i, "'kept'");
    }
    restartWithRoomFor(FEW);
    Set<String> few = retained();
    assertThat(few).hasSize(FEW);
    int hidden = 0;
    while (few.contains("room/" + hidden)) {
      hidden++;
    }
    retain(hidden, ""); // Clears what is on disk only.

    restartWithRoomFor(ALL);

    assertThat(retained()).hasSize(ALL - 1).doesNotContain("room/" + hidden).containsAll(few);
  }
}
