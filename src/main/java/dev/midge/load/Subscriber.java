package dev.midge.load;

import io.netty.buffer.ByteBuf;
import java.util.List;

/// A client that subscribes and counts what it gets. Loop thread only.
final class Subscriber extends Client {

  /// Hears of each message that comes for the first time.
  interface Sink {
    /// A message of this topic came, which was due to be sent at this time.
    void delivered(int topic, long dueNanos);
  }

  /// Notes which messages come.
  interface Ledger {
    /// Notes that this message of a topic came; returns whether for the first time.
    boolean note(int topic, long number);
  }

  /// How many filters go into one SUBSCRIBE.
  private static final int FILTERS_PER_PACKET = 100;

  private final Scenario scenario;
  private final List<String> filters;
  private final Ledger ledger;
  private final Sink sink;
  private int subscribed;

  Subscriber(
      Scenario scenario,
      byte[] connect,
      Watcher watcher,
      List<String> filters,
      Ledger ledger,
      Sink sink) {
    super(connect, watcher);
    this.scenario = scenario;
    this.filters = filters;
    this.ledger = ledger;
    this.sink = sink;
  }

  @Override
  void accepted() {
    subscribeNext();
  }

  @Override
  void answered(int type, int packetId) {
    switch (type) {
      case Frames.SUBACK -> subscribeNext();
      case Frames.PUBREL -> answer(Frames.PUBCOMP << 4, packetId);
      default -> {}
    }
  }

  @Override
  void published(ByteBuf in, int firstByte, int bodyAt, int end) {
    int qos = firstByte >> 1 & 3;
    if (qos > 0) {
      int packetId = in.getUnsignedShort(bodyAt + 2 + in.getUnsignedShort(bodyAt));
      answer((qos == 1 ? Frames.PUBACK : Frames.PUBREC) << 4, packetId);
    }
    int payloadAt = end - scenario.payloadBytes();
    int topic = in.getInt(payloadAt);
    if (ledger.note(topic, in.getLong(payloadAt + 4))) {
      sink.delivered(topic, in.getLong(payloadAt + 12));
    }
  }

  private void subscribeNext() {
    if (subscribed == filters.size()) {
      ready();
      return;
    }
    int next = Math.min(subscribed + FILTERS_PER_PACKET, filters.size());
    send(Frames.subscribe(scenario.version(), filters.subList(subscribed, next), scenario.qos()));
    subscribed = next;
  }
}
