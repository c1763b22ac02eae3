package dev.midge;

import dev.midge.config.Problems;
import dev.midge.limit.Bans;
import dev.midge.listener.BanFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/// Keeps to the operator's bans as the file of them says: it is read again when it has changed. One
/// with a mistake changes nothing.
final class BanWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger("dev.midge.bans");
  private static final int PERIOD_SECONDS = 2;
  private static final FileTime NEVER = FileTime.fromMillis(0);

  private final Path folder;
  private final Bans bans;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("bans").factory());
  private FileTime read = NEVER;

  BanWatch(Path folder, Bans bans) {
    this.folder = folder;
    this.bans = bans;
  }

  /// Reads the file, and begins to look whether it has changed.
  void start() {
    look();
    var _ =
        thread.scheduleAtFixedRate(this::look, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  /// Looks once.
  synchronized void look() {
    FileTime changed = changed();
    if (changed.equals(read)) {
      return;
    }
    read = changed;
    Problems problems = new Problems();
    Map<String, String> reasons = BanFile.read(folder, problems);
    if (problems.count() > 0) {
      LOG.errorf("%s has a mistake; the bans stay as they are. ./midge check tells", BanFile.NAME);
    } else {
      bans.ofOperator(reasons);
      LOG.infof("%s: %d bans", BanFile.NAME, reasons.size());
    }
  }

  private FileTime changed() {
    try {
      return Files.getLastModifiedTime(folder.resolve(BanFile.NAME));
    } catch (IOException _) {
      return NEVER;
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
