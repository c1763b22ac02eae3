package dev.midge.sim;

import dev.midge.broker.Connection;
import dev.midge.broker.Limits;
import dev.midge.broker.Shares;
import dev.midge.broker.Wire;
import dev.midge.packet.Message;
import dev.midge.packet.Packet;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.QoS;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A network connection made of four queues: what the client sent and the server has not read, what
/// the server has accepted to send, and what is on its way to the client. It is slow, and breaks.
final class FakeWire implements Wire {
  private final World world;
  private final String name;
  private final ModelClient client;
  private final Connection connection;
  private final WireView view = new WireView();

  private @Nullable FakeLoop loop;
  private @Nullable FakeLoop destination;
  private @Nullable Runnable arrival;

  private final ArrayDeque<Packet> sent = new ArrayDeque<>();
  private boolean reading = true;
  private boolean finished;
  private boolean reset;
  private boolean told;

  private final ArrayDeque<Frame> pending = new ArrayDeque<>();
  private long pendingBytes;
  private boolean writable = true;
  private boolean writableDue;
  private boolean unwritableDue;
  private boolean closed;

  private final ArrayDeque<Frame> arriving = new ArrayDeque<>();
  private boolean abandoned;
  private long packetBytesMax = Long.MAX_VALUE;

  /// Opens a connection on a loop, of which the caller is the thread.
  FakeWire(World world, String name, ModelClient client, FakeLoop loop, Limits limits) {
    this.world = world;
    this.name = name;
    this.client = client;
    this.loop = loop;
    loop.add(this);
    this.connection = world.broker().loop(loop.index()).open(this, limits);
    world.oracle().clocks().heard(this, loop.nowMillis());
  }

  @Override
  public String toString() {
    return name;
  }

  /// The server's end.
  Connection connection() {
    return connection;
  }

  /// What the oracle has noted about it.
  WireView view() {
    return view;
  }

  Limits limits() {
    return connection.limits();
  }

  // The client's end.

  /// Sends a packet.
  void transmit(Packet packet) {
    sent.add(packet);
  }

  /// The next frame for the client, or null.
  @Nullable Frame receive() {
    return arriving.poll();
  }

  /// Whether a frame waits for the client.
  boolean hasArrived() {
    return !arriving.isEmpty();
  }

  /// Whether the server has closed and the client has read all.
  boolean isAtEnd() {
    return closed && pending.isEmpty() && arriving.isEmpty();
  }

  /// The client closes in order: what it has sent still arrives.
  void finish() {
    finished = true;
    abandon();
  }

  /// The network fails: some of what was sent is lost, and the server may hear of it soon, late or
  /// never.
  void cut() {
    int keep = world.below(sent.size() + 1);
    while (sent.size() > keep) {
      sent.removeLast();
    }
    switch (world.below(4)) {
      case 0 -> reset = true;
      case 1, 2 -> finished = true;
      default -> world.trace(name + " is half open");
    }
    abandon();
  }

  /// The server has ended: what is on its way to the client still arrives.
  void lose() {
    closed = true;
    told = true;
    destination = null;
    arrival = null;
    pending.clear();
    pendingBytes = 0;
    view.closed = true;
    view.session = null;
  }

  private void abandon() {
    abandoned = true;
    arriving.clear();
  }

  // The network.

  /// Carries some of what the server has accepted to the client.
  void carry(int frames) {
    for (int i = 0; i < frames && !pending.isEmpty() && !abandoned; i++) {
      Frame frame = pending.remove();
      pendingBytes -= frame.sizeBytes();
      arriving.add(frame);
    }
    if (!writable && pendingBytes <= world.scenario().outboundHighBytes() / 2) {
      writable = true;
      writableDue = true;
      unwritableDue = false;
    }
  }

  /// Whether there is something to carry.
  boolean isCarrying() {
    return !pending.isEmpty() && !abandoned;
  }

  /// Whether the server takes what the client sends.
  boolean isRead() {
    return reading;
  }

  /// Whether nothing will come of it any more.
  boolean isOver() {
    return told && abandoned;
  }

  /// Whether the server may come to hear of it again by itself.
  boolean isHalfOpen() {
    return abandoned && !closed && !finished && !reset;
  }

  // The server's end.

  /// Whether something is to be done on its loop.
  boolean hasEvent() {
    return (reading && !closed && !sent.isEmpty())
        || ((writableDue || unwritableDue) && !closed)
        || isEndDue();
  }

  private boolean isEndDue() {
    return !told && (closed || reset || (finished && sent.isEmpty()));
  }

  /// Does one of the things that are to be done.
  void event() {
    List<Runnable> events = new ArrayList<>(3);
    if (reading && !closed && !sent.isEmpty()) {
      events.add(this::read);
    }
    if ((writableDue || unwritableDue) && !closed) {
      events.add(() -> {
        writableDue = false;
        connection.writable();
      });
    }
    if (unwritableDue && !closed) {
      events.add(() -> {
        unwritableDue = false;
        connection.unwritable();
      });
    }
    if (isEndDue()) {
      events.add(this::end);
    }
    if (!events.isEmpty()) {
      world.pick(events).run();
    }
  }

  private void read() {
    Packet packet = sent.remove();
    onLoop().readClock();
    world.trace(name + " > " + Trace.words(packet));
    world.oracle().clocks().heard(this, onLoop().nowMillis());
    world.oracle().handed(this, packet);
    connection.receive(packet);
  }

  private void end() {
    told = true;
    world.trace(name + " hears of its end");
    onLoop().remove(this);
    connection.closed();
    if (!closed) {
      throw new SimulationFailure(name + " was not closed by its connection");
    }
  }

  /// Whether it is on its way from one loop to another.
  boolean isMoving() {
    return destination != null;
  }

  /// Arrives on the loop that it moves to.
  void arrive() {
    FakeLoop target = destination;
    Runnable arrived = arrival;
    if (target == null || arrived == null) {
      throw new SimulationFailure(name + " does not move");
    }
    destination = null;
    arrival = null;
    loop = target;
    target.add(this);
    world.enter(
        target,
        () -> {
          target.readClock();
          world.trace(name + " arrives on loop " + target.index());
          arrived.run();
        });
  }

  private FakeLoop onLoop() {
    if (loop == null || world.running() != loop) {
      throw new SimulationFailure(name + " was touched from another loop");
    }
    return loop;
  }

  private void fail(String where) {
    onLoop();
    world.faults().perhaps(client.id(), "wire: " + where);
  }

  // From the broker.

  @Override
  public void accept(ProtocolVersion version, long packetBytesMax) {
    fail("accept");
    this.packetBytesMax = packetBytesMax;
  }

  @Override
  public void welcome() {}

  @Override
  public Shares shares() {
    return Shares.UNBOUNDED;
  }

  @Override
  public boolean fits(Packet packet) {
    return new Frame.Control(packet).sizeBytes() <= packetBytesMax;
  }

  @Override
  public boolean send(Packet packet) {
    fail("send");
    Frame frame = new Frame.Control(packet);
    if (frame.sizeBytes() > packetBytesMax) {
      return false;
    }
    world.trace(name + " < " + Trace.words(packet) + (closed ? ", closed" : ""));
    world.oracle().sent(this, packet);
    append(frame);
    return true;
  }

  @Override
  public boolean publish(
      Message message,
      QoS qos,
      boolean retain,
      boolean duplicate,
      int packetId,
      int[] subscriptionIds,
      long expirySeconds,
      int topicAlias,
      boolean onlyAlias) {
    fail("publish");
    var name = onlyAlias ? null : message.topic();
    Routing routing = world.oracle().routing(message.payload());
    var sending = new Sending(qos, retain, duplicate, packetId, subscriptionIds, expirySeconds);
    world.trace(this + " < " + routing + " " + sending);
    if (closed) {
      throw new SimulationFailure(this + " is closed");
    }
    if (Frame.Application.sizeBytes(message.payload().length, name, message.topic())
        > packetBytesMax) {
      world.trace("too long");
      if (topicAlias == 0) { // With an alias it is only a try.
        world.oracle().deliveries().tooLong(this, routing, sending);
        client.givenUp(packetId);
      }
      return false;
    }
    var accepted = world.oracle().deliveries().published(this, routing, sending);
    append(
        new Frame.Application(
            routing,
            qos,
            retain,
            duplicate,
            packetId,
            name,
            topicAlias,
            accepted.isApart(),
            accepted.got()));
    return true;
  }

  private void append(Frame frame) {
    if (closed) {
      return;
    }
    pending.add(frame);
    pendingBytes += frame.sizeBytes();
    if (pendingBytes > world.scenario().outboundHighBytes()) {
      unwritableDue |= writable;
      writable = false;
      writableDue = false;
    }
    world.oracle().outbound(this, pendingBytes);
  }

  @Override
  public long pendingBytes() {
    fail("pendingBytes");
    return pendingBytes;
  }

  /// The same, without a chance to fail.
  long pendingBytesNow() {
    return pendingBytes;
  }

  @Override
  public boolean isWritable() {
    fail("isWritable");
    return writable;
  }

  @Override
  public void reading(boolean on) {
    fail("reading");
    reading = on;
  }

  @Override
  public void moveTo(int target, Runnable arrived) {
    fail("moveTo");
    if (reading) {
      throw new SimulationFailure(name + " moves while it is read");
    }
    onLoop().remove(this);
    loop = null;
    destination = world.loops().get(target);
    arrival = arrived;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      world.trace(name + " is closed by the server");
      world.oracle().closed(this, onLoop());
    }
    fail("close");
  }

  @Override
  public String remoteAddress() {
    return client.id();
  }
}
