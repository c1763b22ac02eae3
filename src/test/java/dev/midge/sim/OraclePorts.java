package dev.midge.sim;

import dev.midge.broker.Connection;
import dev.midge.broker.Farewell;
import dev.midge.broker.Journal;
import dev.midge.broker.RetainedLog;
import dev.midge.packet.Message;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicName;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The ports to which the server tells what it does: it must not end a connection without a good
/// reason, nor fail where no failure was injected.
final class OraclePorts implements Journal, RetainedLog {
  private final World world;
  private final TreeMap<String, Message> retained = new TreeMap<>();

  OraclePorts(World world) {
    this.world = world;
  }

  /// The message retained for the topic, as the log knows, or null.
  @Nullable Message retained(String topic) {
    return retained.get(topic);
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
          case UNSPECIFIED_ERROR ->
              what.contains("closed by the client")
                  || world.faults().hasHit(connection.remoteAddress());
          default -> reason.value() == 0;
        };
    if (!allowed) {
      throw new SimulationFailure(connection.remoteAddress() + " " + what);
    }
  }

  @Override
  public void failed(String where, RuntimeException failure) {
    if (!(failure instanceof Faults.Injected)) {
      throw new SimulationFailure("failure in " + where, failure);
    }
    world.trace("failure in " + where + ": " + failure.getMessage());
  }

  @Override
  public void stored(Message message) {
    world.faults().perhaps(message.publisherId(), "retained log");
    retained.put(message.topic().toString(), message);
  }

  @Override
  public void cleared(TopicName topic) {
    retained.remove(topic.toString());
  }
}
