package dev.midge.sim;

import dev.midge.broker.Connection;
import dev.midge.broker.Farewell;
import dev.midge.broker.Journal;
import dev.midge.packet.ReasonCode;

/// The ports to which the server tells what it does: it must not end a connection without a good
/// reason, nor fail where no failure was injected.
final class OraclePorts implements Journal {
  private final World world;

  OraclePorts(World world) {
    this.world = world;
  }

  @Override
  public void connected(Connection connection) {}

  @Override
  public void refused(Connection connection, ReasonCode reason, String detail) {
    judge(connection, reason, "refused: " + detail);
  }

  @Override
  public void ended(Connection connection, Farewell farewell) {
    if (farewell.side() == Farewell.Side.SERVER) {
      judge(connection, farewell.reason(), "ended: " + farewell.detail());
    }
  }

  private void judge(Connection connection, ReasonCode reason, String what) {
    world.trace(connection.remoteAddress() + " " + what);
    boolean allowed =
        switch (reason) {
          case SESSION_TAKEN_OVER, KEEP_ALIVE_TIMEOUT, MAXIMUM_CONNECT_TIME -> true;
          case SERVER_SHUTTING_DOWN -> world.oracle().isShutDown(world.current().index());
          case QUOTA_EXCEEDED -> world.scenario().tiny();
          case UNSPECIFIED_ERROR, IMPLEMENTATION_SPECIFIC_ERROR ->
              what.contains("closed by the client")
                  || isUnreadable(connection)
                  || world.faults().hasHit(connection.remoteAddress());
          default -> reason.value() == 0;
        };
    if (!allowed) {
      throw new SimulationFailure(connection.remoteAddress() + " " + what);
    }
  }

  private boolean isUnreadable(Connection connection) {
    return world.wires().stream()
        .anyMatch(wire -> wire.connection() == connection && wire.view().unreadable);
  }

  @Override
  public void failed(String where, RuntimeException failure) {
    if (!(failure instanceof Faults.Injected)) {
      throw new SimulationFailure("failure in " + where, failure);
    }
    world.trace("failure in " + where + ": " + failure.getMessage());
  }
}
