package dev.midge.broker;

import dev.midge.session.Session;
import dev.midge.topic.Subscriber;
import org.jspecify.annotations.Nullable;

/// A client identifier that the server knows: its session and, while it is connected, its
/// connection. Home loop only, but for what a [Subscriber] tells other threads.
final class Client implements Subscriber {
  private final int homeLoop;
  private final Session session;
  private final SessionLog log;

  private @Nullable Connection connection;

  /// Those of the listener through which the client came last: they hold while it is away, too.
  private Limits limits;

  /// Due when the will or the end of the session is, while there is no connection.
  private @Nullable Timer absence;

  /// What it takes of the room for waiting messages besides those, in bytes.
  private int keptBytes;

  private boolean ended;
  private boolean isWrittenDown;

  /// Written by the home loop, read by the loops of publishers to a shared subscription.
  private volatile Readiness readiness = Readiness.OFFLINE;

  /// @param log where the session writes down its changes, if it outlives connections
  Client(int homeLoop, Session session, Limits limits, SessionLog log) {
    this.homeLoop = homeLoop;
    this.session = session;
    this.limits = limits;
    this.log = log;
  }

  @Override
  public int homeLoop() {
    return homeLoop;
  }

  @Override
  public Readiness readiness() {
    return readiness;
  }

  Session session() {
    return session;
  }

  /// Where changes of the session are written down: nowhere when it ends with its connection. One
  /// that was to outlive a connection once is known there and has to be followed to its end.
  SessionLog log() {
    isWrittenDown |= session.isPersistent();
    return isWrittenDown ? log : SessionLog.NONE;
  }

  @Nullable Connection connection() {
    return connection;
  }

  /// The client is connected through a listener with these limits.
  void attach(Connection connection, Limits limits) {
    this.connection = connection;
    this.limits = limits;
    updateReadiness();
  }

  /// The client is gone.
  void detach() {
    this.connection = null;
    updateReadiness();
  }

  /// What the listener through which the client came allows.
  Limits limits() {
    return limits;
  }

  @Nullable Timer absence() {
    return absence;
  }

  void absence(@Nullable Timer absence) {
    this.absence = absence;
  }

  int keptBytes() {
    return keptBytes;
  }

  void keptBytes(int keptBytes) {
    this.keptBytes = keptBytes;
  }

  /// Whether the session is over; messages that arrive for it are dropped.
  boolean isEnded() {
    return ended;
  }

  void end() {
    ended = true;
    readiness = Readiness.OFFLINE;
  }

  /// Tells publishers whether the client takes messages at once. Called after each change of queue,
  /// quota, wire or connection.
  void updateReadiness() {
    Readiness now = Readiness.OFFLINE;
    if (connection != null) {
      boolean takes = session.queue().isEmpty() && connection.takesMore();
      now = takes ? Readiness.READY : Readiness.BUSY;
    }
    if (now != readiness) {
      readiness = now;
    }
  }
}
