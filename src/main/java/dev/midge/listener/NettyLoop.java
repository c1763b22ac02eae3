package dev.midge.listener;

import dev.midge.broker.BrokerLoop;
import dev.midge.broker.Counter;
import dev.midge.broker.Loop;
import dev.midge.codec.Decoder;
import dev.midge.codec.TopicCache;
import dev.midge.limit.Addresses;
import dev.midge.limit.Ban;
import dev.midge.packet.ReasonCode;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A Netty event loop as the broker sees it, with what its connections share: a decoder, a clock
/// that is read once for each read of a socket, and the list of connections that have something to
/// send at the end of the turn. Loop thread only, but for [#execute].
final class NettyLoop implements Loop {
  private static final int READ_BYTES = 64 << 10;
  private static final long TICK_NANOS = 100_000_000;

  private final EventLoop eventLoop;
  private final MonotonicClock clock;
  private final Decoder decoder = new Decoder(new TopicCache());
  private final Set<NettyWire> backlogged = new HashSet<>();
  private Set<NettyWire> paced = new LinkedHashSet<>();
  private List<NettyWire> unflushed = new ArrayList<>();
  private List<NettyWire> flushing = new ArrayList<>();
  private byte[] scratch = new byte[READ_BYTES];
  private volatile long nowMillis;
  private long tickDueNanos;
  private long nowNanos;
  private final Set<NettyWire> unfinished = new HashSet<>();
  private final InboundBudget inbound;
  private long outboundBytes;

  /// What was gathered in this turn and is not in [#outboundBytes] yet.
  private long gatheredBytes;

  private @Nullable BrokerLoop broker;

  /// Who says which addresses are banned, while that has changed and nobody has looked.
  private final AtomicReference<@Nullable Addresses> bans = new AtomicReference<>();

  NettyLoop(EventLoop eventLoop, MonotonicClock clock, InboundBudget inbound) {
    this.eventLoop = eventLoop;
    this.inbound = inbound;
    this.clock = clock;
    readClock();
  }

  /// Gives the loop its part of the broker, and the broker its time.
  void start(BrokerLoop broker) {
    this.broker = broker;
    tickDueNanos = clock.nowNanos() + TICK_NANOS;
    var _ = eventLoop.scheduleAtFixedRate(this::tick, TICK_NANOS, TICK_NANOS, TimeUnit.NANOSECONDS);
  }

  @Override
  public void execute(Runnable task) {
    if (eventLoop.inEventLoop()) {
      eventLoop.execute(task);
    } else {
      eventLoop.execute(() -> {
        readClock();
        task.run();
      });
    }
  }

  @Override
  public void executeLater(Runnable task) {
    // A task that a task adds is done before any socket is looked at again, one that is scheduled
    // is not.
    var _ =
        eventLoop.schedule(
            () -> {
              readClock();
              task.run();
            },
            0,
            TimeUnit.NANOSECONDS);
  }

  @Override
  public long nowMillis() {
    return nowMillis;
  }

  @Override
  public long readNanos() {
    return clock.nowNanos();
  }

  @Override
  public long outboundBytes() {
    return outboundBytes + gatheredBytes;
  }

  EventLoop eventLoop() {
    return eventLoop;
  }

  BrokerLoop broker() {
    if (broker == null) {
      throw new IllegalStateException("loop is not started");
    }
    return broker;
  }

  Decoder decoder() {
    return decoder;
  }

  /// Reads the clock: a turn begins.
  void readClock() {
    nowNanos = clock.nowNanos();
    nowMillis = clock.millis(nowNanos);
  }

  /// When the clock was last read, in nanoseconds since some moment.
  long nowNanos() {
    return nowNanos;
  }

  /// An array of at least this length that is good until the next call.
  byte[] scratch(int length) {
    if (length > scratch.length) {
      scratch = new byte[length];
    }
    return scratch;
  }

  /// Flushes the wire at the end of the turn.
  void flushLater(NettyWire wire) {
    if (unflushed.isEmpty()) {
      eventLoop.execute(this::flush);
    }
    unflushed.add(wire);
  }

  /// Looks after a wire whose client is too fast, until it may go on. Those that wait take turns:
  /// who has to wait again comes behind all who wait still.
  void watchPace(NettyWire wire) {
    paced.add(wire);
  }

  /// Notes by how much the bytes that a wire waits to send have changed.
  void outboundChanged(NettyWire wire, long difference, boolean isBacklogged) {
    outboundBytes += difference;
    if (isBacklogged) {
      backlogged.add(wire);
    } else {
      backlogged.remove(wire);
    }
  }

  /// Notes that a wire gathered so many bytes.
  void gathered(int bytes) {
    gatheredBytes += bytes;
  }

  /// Notes by how much the memory that a wire takes for an unfinished packet has changed. When that
  /// of all wires is too much, the one of this loop that takes most is ended.
  void inboundChanged(NettyWire wire, int difference, boolean isUnfinished) {
    if (isUnfinished) {
      unfinished.add(wire);
    } else {
      unfinished.remove(wire);
    }
    if (inbound.changed(difference) && difference > 0) {
      unfinished.stream()
          .max(Comparator.comparingInt(NettyWire::keptBytes))
          .ifPresent(NettyWire::shedInbound);
    }
  }

  private void flush() {
    List<NettyWire> due = unflushed;
    unflushed = flushing;
    flushing = due;
    for (NettyWire wire : due) {
      if (wire.isOn(this)) {
        wire.flush();
      }
    }
    due.clear();
    gatheredBytes = 0;
  }

  /// Ends the connections of those whom the operator bans by now, in the next tick. What the server
  /// bans by itself is for newcomers: who was let in may be another behind the same address. Any
  /// thread.
  void endBanned(Addresses addresses) {
    bans.set(addresses);
  }

  private void endBanned() {
    Addresses addresses = bans.getAndSet(null);
    if (addresses != null) {
      broker()
          .disconnect(
              ReasonCode.BANNED,
              connection -> {
                InetSocketAddress client =
                    connection.wire() instanceof NettyWire wire ? wire.client() : null;
                Ban ban = client == null ? null : addresses.ban(client.getAddress());
                if (ban == null || ban.by() == Ban.By.SERVER) {
                  return null;
                }
                broker().count(Counter.CONNECTIONS_BANNED);
                return "your address is banned: " + ban.reason();
              });
    }
  }

  private void keepPace() {
    if (!paced.isEmpty()) {
      Set<NettyWire> waiting = paced;
      Set<NettyWire> still = new LinkedHashSet<>();
      paced = new LinkedHashSet<>();
      for (NettyWire wire : waiting) {
        if (wire.isOn(this) && wire.keepsWaiting() && !paced.contains(wire)) {
          still.add(wire);
        }
      }
      still.addAll(paced);
      paced = still;
    }
  }

  private void tick() {
    readClock();
    broker().lagged(nowNanos - tickDueNanos);
    tickDueNanos += TICK_NANOS;
    if (!backlogged.isEmpty()) {
      List.copyOf(backlogged).forEach(NettyWire::measureOutbound);
    }
    if (broker().isOutboundExhausted()) {
      backlogged.stream()
          .max(Comparator.comparingLong(NettyWire::pendingBytes))
          .ifPresent(NettyWire::shedOutbound);
    }
    keepPace();
    endBanned();
    broker().tick();
  }
}
