package dev.midge.client;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options about the will: a message that the server publishes when this client is gone without
/// a word (3.1.2.5).
final class WillOptions {

  @Option(names = "--will-topic", paramLabel = "TOPIC", description = "The topic of the will.")
  private @Nullable String topic;

  @Option(
      names = "--will-payload",
      paramLabel = "TEXT",
      description = "The payload of the will; empty if left out.")
  private @Nullable String payload;

  @Option(
      names = "--will-qos",
      paramLabel = "0|1|2",
      defaultValue = "0",
      description = "The QoS of the will.")
  private int qos;

  @Option(names = "--will-retain", description = "Let the server retain the will.")
  private boolean isRetained;

  /// The will, or null if there is none.
  ///
  /// @throws InvalidOption if there is something about a will, but no topic
  @Nullable Message will(@Nullable PacketProperties properties) {
    if (topic == null) {
      if (payload != null || isRetained || properties != null) {
        throw new InvalidOption("A will needs --will-topic.");
      }
      return null;
    }
    Topics.checkName(topic, "--will-topic");
    return new Message(
        topic,
        (payload == null ? "" : payload).getBytes(StandardCharsets.UTF_8),
        Topics.checkQos(qos, "--will-qos"),
        isRetained,
        properties == null ? Message.Properties.NONE : properties.ofMessage());
  }
}
