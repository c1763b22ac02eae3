package dev.midge.observe;

import dev.midge.limit.BanJournal;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/// Writes a line for each ban, in a form that does not change: programs that block addresses at the
/// firewall read it. Any thread.
public final class BanLog implements BanJournal {
  private static final Logger LOG = Logger.getLogger("dev.midge.bans");

  private final Consumer<String> log;

  /// Writes to the log of the server.
  public BanLog() {
    this(LOG::info);
  }

  BanLog(Consumer<String> log) {
    this.log = log;
  }

  @Override
  public void banned(String address, long seconds, String reason) {
    String time = seconds == 0 ? "ever" : seconds + " s";
    log.accept("banned " + address + " for " + time + ": " + reason);
  }

  @Override
  public void pardoned(String address) {
    log.accept("pardoned " + address);
  }
}
