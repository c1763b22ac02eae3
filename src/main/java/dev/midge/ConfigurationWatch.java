package dev.midge;

import dev.midge.config.InvalidConfiguration;
import dev.midge.listener.BindFailure;
import dev.midge.listener.ListenerFiles;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jboss.logging.Logger;

/// Takes up the configuration again when its files change, or when SIGHUP asks for it. Files that
/// are wrong change nothing: what is wrong with them is told to the log. A thread of its own waits
/// for the files, and does it all.
final class ConfigurationWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger("dev.midge.configuration");

  /// Who writes several files, or one in several steps, is given that long for each.
  private static final long QUIET_MILLIS = 250;

  private final Configuration.Source source;
  private final Function<Configuration, List<String>> taker;
  private final WatchService files;
  private boolean isClosed;

  private ConfigurationWatch(
      Configuration.Source source,
      Function<Configuration, List<String>> taker,
      WatchService files) {
    this.source = source;
    this.taker = taker;
    this.files = files;
  }

  /// Begins to watch.
  ///
  /// @param taker goes over to a configuration, and returns what of it has to wait for the next
  ///   start; it may throw [BindFailure]
  static ConfigurationWatch start(
      Configuration.Source source, Function<Configuration, List<String>> taker) {
    try {
      ConfigurationWatch watch =
          new ConfigurationWatch(source, taker, FileSystems.getDefault().newWatchService());
      watch.register(source.listeners());
      watch.register(source.listeners().resolve(ListenerFiles.PROFILES));
      Thread.ofPlatform().daemon().name("configuration-watch").start(watch::run);
      HangUp.handle(watch::reload);
      return watch;
    } catch (IOException e) {
      throw new StartFailure(source.listeners() + ": cannot be watched (" + e + ").", e);
    }
  }

  private void register(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      folder.register(
          files,
          StandardWatchEventKinds.ENTRY_CREATE,
          StandardWatchEventKinds.ENTRY_MODIFY,
          StandardWatchEventKinds.ENTRY_DELETE);
    }
  }

  private void run() {
    try {
      while (true) {
        for (WatchKey key = files.take();
            key != null;
            key = files.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS)) {
          key.pollEvents();
          key.reset();
        }
        reload();
      }
    } catch (ClosedWatchServiceException | InterruptedException e) {
      LOG.debug("the configuration is not watched any more", e);
    }
  }

  private synchronized void reload() {
    if (isClosed) {
      return;
    }
    try {
      for (String block : taker.apply(Configuration.read(source))) {
        LOG.warnf("what has changed in the block '%s' holds from the next start", block);
      }
    } catch (InvalidConfiguration | BindFailure e) {
      LOG.errorf("the configuration stays as it was:%n%s", e.getMessage());
    } catch (RuntimeException e) {
      LOG.errorf(e, "the configuration could not be taken up");
    }
  }

  /// Watches no more, and lets a change that is under way come to its end.
  @Override
  public synchronized void close() {
    isClosed = true;
    try {
      files.close();
    } catch (IOException e) {
      LOG.debug("the configuration was watched to the end", e);
    }
  }
}
