package dev.midge.observe;

import dev.midge.broker.Connection;
import dev.midge.broker.Farewell;
import dev.midge.broker.Journal;
import dev.midge.packet.ReasonCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// Writes the journal to the log: what is wrong with the server as an error, the life of each
/// connection for those who debug.
public final class JournalLog implements Journal {

  private static final Logger LOG = System.getLogger("dev.midge");

  @Override
  public void connected(Connection connection) {
    LOG.log(
        Level.DEBUG, "{0} connected from {1}", connection.clientId(), connection.remoteAddress());
  }

  @Override
  public void refused(Connection connection, ReasonCode reason, String detail) {
    LOG.log(Level.DEBUG, "{0} refused: {1} ({2})", connection.remoteAddress(), reason, detail);
  }

  @Override
  public void ended(Connection connection, Farewell farewell) {
    LOG.log(Level.DEBUG, "{0} left: {1}", connection.clientId(), farewell);
  }

  @Override
  public void failed(String where, RuntimeException failure) {
    LOG.log(Level.ERROR, where, failure);
  }
}
