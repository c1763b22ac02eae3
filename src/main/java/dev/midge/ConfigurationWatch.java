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
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /// How often it is seen whether the folders are still the same.
  private static final long LOOK_MILLIS = 1000;

  private final Configuration.Source source;
  private final List<Path> folders;

  /// What is watched, each with what tells it from another at the same path.
  private final Map<Path, Object> watched = new HashMap<>();

  private final Function<Configuration, List<String>> taker;
  private final WatchService files;
  private boolean isClosed;

  private ConfigurationWatch(
      Configuration.Source source,
      Function<Configuration, List<String>> taker,
      WatchService files) {
    this.source = source;
    this.folders = List.of(source.listeners(), source.listeners().resolve(ListenerFiles.PROFILES));
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
      boolean _ = watch.watchWhatIsThere();
      Thread.ofPlatform().daemon().name("configuration-watch").start(watch::run);
      HangUp.handle(watch::reload);
      return watch;
    } catch (IOException e) {
      throw new StartFailure(source.listeners() + ": cannot be watched (" + e + ").", e);
    }
  }

  /// Watches the folders that are there now, if they are others than those that were: one that was
  /// removed, or put in the place of another, tells no more of itself.
  ///
  /// @return whether there is one that was not watched
  private boolean watchWhatIsThere() {
    boolean isNew = false;
    for (Path folder : folders) {
      try {
        Object key = Files.isDirectory(folder) ? key(folder) : null;
        if (key == null) {
          watched.remove(folder);
        } else if (!key.equals(watched.get(folder))) {
          folder.register(
              files,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_DELETE);
          watched.put(folder, key);
          isNew = true;
        }
      } catch (IOException e) {
        LOG.debugf(e, "%s is not there just now", folder);
      }
    }
    return isNew;
  }

  /// What tells a folder from another at the same path.
  private static Object key(Path folder) throws IOException {
    Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
    return key == null ? folder.toRealPath() : key;
  }

  private void run() {
    try {
      while (true) {
        boolean hasChanged = false;
        for (WatchKey key = files.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            key != null;
            key = files.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS)) {
          hasChanged = true;
          key.pollEvents();
          if (!key.reset()) {
            watched.clear(); // One of them is gone; it may come again.
          }
        }
        if (watchWhatIsThere() || hasChanged) {
          reload();
        }
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
    } catch (InvalidConfiguration | BindFailure | StartFailure e) {
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
