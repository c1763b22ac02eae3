package dev.midge.load;

import io.netty.buffer.ByteBuf;
import java.util.Random;
import java.util.function.Consumer;

/// A client that publishes to its topics in turn. Loop thread only.
///
/// Its window is what may be on its way: messages not yet received by all who are to, or not yet
/// acknowledged by the broker. It waits until half of it is free, and then sends as many messages
/// in one write, as busy clients do.
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class Publisher extends Client {

  private static final int WRITE_BYTES_MAX = 64 << 10;
  private static final int PACKET_IDS = 65_535;

  /// What payloads for sessions that are kept are cut from: a disk is not to be spared by squeezing
  /// them.
  private static final byte[] NOISE = new byte[1 << 20];

  static {
    new Random(1).nextBytes(NOISE);
  }

  private final Scenario scenario;
  private final int number;
  private final Topics topics;
  private final Consumer<Publisher> whenRoom;

  private int noiseAt;
  private int nextTopic;
  private int nextPacketId = 1;
  private long sent;
  private long sentMax = Long.MAX_VALUE;

  /// Deliveries that have not been received, and messages that have not been acknowledged.
  private long undelivered;

  private int unacknowledged;
  private boolean isDue;
  private long sentBefore;

  /// The prebuilt packets of all topics, and how many of each were sent.
  ///
  /// @param frames by topic
  /// @param sent by topic
  /// @param payloadBytes how much of the end of each frame is payload; 0 when there is none, and
  ///   none is numbered
  record Topics(byte[][] frames, long[] sent, int[] receivers, int payloadBytes) {

    @SuppressWarnings("EI_EXPOSE_REP")
    Topics {}

    static Topics of(Scenario scenario, boolean retain, int payloadBytes) {
      byte[][] frames = new byte[scenario.topics()][];
      int[] receivers = new int[scenario.topics()];
      for (int n = 0; n < frames.length; n++) {
        frames[n] =
            Frames.publish(
                scenario.version(), scenario.topicName(n), scenario.qos(), retain, payloadBytes);
        receivers[n] = retain ? 0 : scenario.receivers(n);
      }
      return new Topics(frames, new long[frames.length], receivers, payloadBytes);
    }
  }

  /// @param number of all publishers, from 0: it has each topic whose number modulo their count is
  ///   this
  /// @param whenRoom hears that something happened that may let this send more
  Publisher(
      Scenario scenario,
      byte[] connect,
      Watcher watcher,
      int number,
      Topics topics,
      Consumer<Publisher> whenRoom) {
    super(connect, watcher);
    this.scenario = scenario;
    this.number = number;
    this.topics = topics;
    this.whenRoom = whenRoom;
    this.nextTopic = number;
  }

  @Override
  void accepted() {
    ready();
  }

  @Override
  void answered(int type, int packetId) {
    switch (type) {
      case Frames.PUBREC -> answer(Frames.PUBREL << 4 | 2, packetId);
      case Frames.PUBACK, Frames.PUBCOMP -> {
        unacknowledged = Math.max(0, unacknowledged - 1);
        whenRoom.accept(this);
      }
      default -> {}
    }
  }

  @Override
  void published(ByteBuf in, int firstByte, int bodyAt, int end) {}

  /// Sends no more than this many messages in all.
  void limit(long messages) {
    sentMax = messages;
  }

  long sent() {
    return sent;
  }

  int unacknowledged() {
    return unacknowledged;
  }

  /// Notes that one of the receivers of a message has it.
  void delivered() {
    undelivered = Math.max(0, undelivered - 1);
    whenRoom.accept(this);
  }

  /// Whether it waits for its turn to send; sets that to `due`.
  boolean swapDue(boolean due) {
    boolean was = isDue;
    isDue = due;
    return was;
  }

  /// To be called now and then: if nothing was sent since the last call, what is on its way is
  /// lost, and the window is opened again.
  void reopenIfStuck() {
    if (sent == sentBefore) {
      undelivered = 0;
      unacknowledged = 0;
      whenRoom.accept(this);
    }
    sentBefore = sent;
  }

  /// Sends as many messages as the window has room for, if that is worth a write.
  void sendAsAllowed() {
    long room = Math.min(scenario.window() - unacknowledged, sentMax - sent);
    int receivers = topics.receivers[nextTopic];
    if (receivers > 0) {
      room = Math.min(room, scenario.window() - undelivered / receivers);
    }
    if (room > 0 && (2 * room >= scenario.window() || sentMax - sent <= room)) {
      send((int) room, System.nanoTime());
    }
  }

  /// Sends this many messages, whatever is on its way.
  void send(int count, long dueNanos) {
    int left = count;
    while (left > 0) {
      int bytes = Math.min(left * topics.frames[nextTopic].length, WRITE_BYTES_MAX);
      ByteBuf out = channel().alloc().directBuffer(bytes);
      do {
        append(out, dueNanos);
        left--;
      } while (left > 0 && out.writableBytes() >= topics.frames[nextTopic].length);
      channel().write(out, channel().voidPromise());
    }
    channel().flush();
  }

  private void append(ByteBuf out, long dueNanos) {
    int topic = nextTopic;
    byte[] frame = topics.frames[topic];
    int at = out.writerIndex();
    out.writeBytes(frame);
    if (topics.payloadBytes > 0) {
      int payloadAt = at + frame.length - topics.payloadBytes;
      out.setInt(payloadAt, topic);
      out.setLong(payloadAt + 4, topics.sent[topic]);
      out.setLong(payloadAt + 12, dueNanos);
      if (scenario.isKept()) {
        addNoise(out, payloadAt + ScenarioFiles.PAYLOAD_BYTES_MIN);
      }
    }
    if (scenario.qos() > 0) {
      out.setShort(
          at + Frames.packetIdAt(scenario.version(), frame, topics.payloadBytes), nextPacketId);
      nextPacketId = nextPacketId == PACKET_IDS ? 1 : nextPacketId + 1;
      unacknowledged++;
    }
    topics.sent[topic]++;
    undelivered += topics.receivers[topic];
    sent++;
    nextTopic += scenario.publishers();
    if (nextTopic >= topics.frames.length) {
      nextTopic = number;
    }
  }

  private void addNoise(ByteBuf out, int at) {
    int length = topics.payloadBytes - ScenarioFiles.PAYLOAD_BYTES_MIN;
    if (noiseAt + length > NOISE.length) {
      noiseAt = noiseAt % 61; // Elsewhere than the last time.
    }
    out.setBytes(at, NOISE, noiseAt, length);
    noiseAt += length;
  }
}
