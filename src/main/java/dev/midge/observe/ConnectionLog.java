package dev.midge.observe;

import dev.midge.broker.Connection;
import dev.midge.broker.Farewell;
import dev.midge.broker.Journal;
import dev.midge.packet.ReasonCode;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jboss.logging.Logger;

/// Counts why clients were not let in, and writes the events of connections to the log: one line
/// each, and the mistakes of strangers only in detail mode, since they can cause any number of
/// them. Names that strangers chose are cut and escaped.
public final class ConnectionLog implements Journal {
  private static final Logger LOG = Logger.getLogger("dev.midge.connections");
  private static final int TEXT_LENGTH_MAX = 128;

  private final AtomicLongArray refusals = new AtomicLongArray(ReasonCode.values().length);

  /// How many connections ended before a client was let in, for this reason.
  public long refusals(ReasonCode reason) {
    return refusals.get(reason.ordinal());
  }

  @Override
  public void connected(Connection connection) {
    if (LOG.isDebugEnabled()) {
      LOG.debugf(
          "%s connected as %s", connection.remoteAddress(), printable(connection.clientId()));
    }
  }

  @Override
  public void refused(Connection connection, ReasonCode reason, String detail) {
    if (connection.isOwn()) {
      return;
    }
    refusals.incrementAndGet(reason.ordinal());
    if (LOG.isDebugEnabled()) {
      LOG.debugf(
          "%s refused: %s, %s", connection.remoteAddress(), reason.words(), printable(detail));
    }
  }

  @Override
  public void ended(Connection connection, Farewell farewell) {
    if (LOG.isDebugEnabled()) {
      LOG.debugf(
          "%s ended by %s: %s, %s %s",
          printable(connection.clientId()),
          farewell.side(),
          farewell.reason().words(),
          printable(farewell.detail()),
          farewell.statement());
    }
  }

  @Override
  public void failed(String where, RuntimeException failure) {
    LOG.errorf(failure, "internal error in %s; it cost one connection", where);
  }

  /// The text without control characters, at most 128 characters of it.
  static String printable(String text) {
    StringBuilder printable = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), TEXT_LENGTH_MAX); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
        printable.append("\\u%04x".formatted((int) c));
      } else {
        printable.append(c);
      }
    }
    return text.length() > TEXT_LENGTH_MAX ? printable + "..." : printable.toString();
  }
}
