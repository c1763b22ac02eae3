package dev.midge.sim;

import dev.midge.packet.ReasonCode;
import java.util.ArrayList;
import java.util.List;

/// What the passing of time must bring about: wills that were delayed, the end of sessions, the end
/// of connections whose client is silent.
final class OracleClocks {
  /// Timers fire up to this much late.
  private static final int TICK_MILLIS = 100;

  private final World world;
  private final Oracle oracle;
  private final List<OracleSession> ending = new ArrayList<>();

  OracleClocks(World world, Oracle oracle) {
    this.world = world;
    this.oracle = oracle;
  }

  /// The server has read something, or accepted the connection.
  void heard(FakeWire wire, long nowMillis) {
    wire.view().heardMillis = nowMillis;
  }

  /// Whether the session may or may not have ended just now.
  boolean isEnding(OracleSession session) {
    return ending.contains(session);
  }

  private static boolean hasFired(long dueMillis, long nowMillis) {
    return dueMillis != Long.MAX_VALUE
        && nowMillis / TICK_MILLIS >= (dueMillis + TICK_MILLIS - 1) / TICK_MILLIS;
  }

  /// Publishes the wills that are due, and finds the sessions that end.
  void beforeTick(FakeLoop loop) {
    long nowMillis = loop.nowMillis();
    List<OracleSession> withWill = new ArrayList<>();
    for (OracleSession session : oracle.sessions()) {
      if (session.wire != null
          || session.home != loop.index()
          || oracle.isShutDown(session.home)
          || !hasFired(
              session.will == null
                  ? session.endsAtMillis
                  : Math.min(session.willAtMillis, session.endsAtMillis),
              nowMillis)) {
        continue;
      }
      if (session.endsAtMillis <= nowMillis) {
        ending.add(session);
      } else {
        withWill.add(session);
      }
    }
    for (OracleSession session : withWill) {
      oracle.publishWill(session, nowMillis);
    }
    for (OracleSession session : ending) {
      oracle.publishWill(session, nowMillis);
    }
  }

  /// Ends the sessions whose time has come; whoever was silent must be gone.
  void afterTick(FakeLoop loop) {
    List<OracleSession> ended = List.copyOf(ending);
    ending.clear();
    ended.forEach(session -> oracle.endSession(session, loop.nowMillis()));
    for (FakeWire wire : loop.wires()) {
      WireView view = wire.view();
      if (!wire.isRead() && world.store().isInUse()) {
        view.heardMillis = loop.nowMillis(); // The store may be the reason.
      }
      boolean isConnected = view.session != null;
      long silenceMaxMillis =
          isConnected ? view.keepAliveSeconds * 1500L : wire.limits().connectSecondsMax() * 1000L;
      if (!view.closed
          && silenceMaxMillis > 0
          && loop.nowMillis() >= view.heardMillis + silenceMaxMillis + TICK_MILLIS
          && (isConnected || view.connect == null)) {
        throw new SimulationFailure(wire + " was silent for too long and is not closed");
      }
    }
  }

  /// The server ended a connection because its client was silent.
  void endedForSilence(FakeWire wire, ReasonCode reason, long nowMillis) {
    WireView view = wire.view();
    long silenceMaxMillis =
        reason == ReasonCode.KEEP_ALIVE_TIMEOUT
            ? view.keepAliveSeconds * 1500L
            : wire.limits().connectSecondsMax() * 1000L;
    if (silenceMaxMillis == 0 || nowMillis < view.heardMillis + silenceMaxMillis) {
      throw new SimulationFailure(wire + " was not silent for long: " + reason);
    }
    world.trace(wire + " was silent for too long");
  }
}
