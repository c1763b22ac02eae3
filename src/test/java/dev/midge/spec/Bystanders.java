package dev.midge.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.WirePacket;
import java.util.concurrent.CompletableFuture;

/// Two clients that behave well, one of which publishes to the other for as long as something else
/// goes on: each message is acknowledged, and comes once, whole and in its order, before the next
/// one is sent.
final class Bystanders implements AutoCloseable {
  private static final String ADDRESS = "127.0.0.2";
  private static final String TOPIC = "bystanders";

  private final RawClient publisher;
  private final RawClient subscriber;
  private final CompletableFuture<Integer> talking;
  private volatile boolean isOver;

  /// They begin to talk.
  Bystanders(int port, int version) {
    this.publisher =
        RawClient.connected(RawClient.openFrom(ADDRESS, port), version, "publishes-well");
    this.subscriber =
        RawClient.connected(RawClient.openFrom(ADDRESS, port), version, "subscribes-well");
    subscriber.send(Packets.subscribe(version, TOPIC, 1)).expectType(WirePacket.SUBACK);
    this.talking =
        CompletableFuture.supplyAsync(this::talk, task -> new Thread(task, "bystanders").start());
  }

  private int talk() {
    int count = 0;
    while (!isOver || count == 0) {
      String text = "message " + count++;
      Packets.publishSafely(publisher, 0, TOPIC, text);
      WirePacket message = subscriber.expectType(WirePacket.PUBLISH);
      assertThat(message.text()).isEqualTo(text);
      Packets.acknowledge(subscriber, message);
    }
    publisher.expectNothing();
    subscriber.expectNothing();
    return count;
  }

  /// They come to the end of what they say, if nothing has gone wrong.
  @Override
  public void close() {
    isOver = true;
    try {
      assertThat(talking.join()).isPositive();
    } finally {
      publisher.close();
      subscriber.close();
    }
  }
}
