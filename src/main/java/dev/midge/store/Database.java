package dev.midge.store;

import dev.midge.packet.Utf8;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// RocksDB with the families of [Family], in one folder, as [RocksSettings] says. Any thread may
/// read; one writes.
final class Database implements AutoCloseable {
  /// The number of the format that this program writes. It reads this one only.
  static final int FORMAT = 3;

  private static final byte[] FORMAT_KEY = Utf8.bytes("format");
  private static final byte[] GROUP_KEY = Utf8.bytes("group");
  private static final long COMPACTION_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final Logger LOG = Logger.getLogger("dev.midge.store");

  /// The numbers of the last group that was written.
  ///
  /// @param group how many groups there were before and with it
  /// @param highest the highest session or message number that was ever given
  record Position(long group, long highest) {}

  private final Path folder;
  private final Disk disk;

  /// Where what reads beside the one that writes keeps files of its own, or null for the one that
  /// writes.
  private final @Nullable Path scratch;

  private final List<ColumnFamilyHandle> handles = new ArrayList<>();
  private final WriteOptions unsynced = new WriteOptions();
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final FlushOptions flush =
      new FlushOptions().setWaitForFlush(false).setAllowWriteStall(true);
  private @Nullable RocksSettings settings;
  private @Nullable RocksDB rocks;
  private @Nullable Thread compaction;
  private volatile long compactedNanos = System.nanoTime() - COMPACTION_PAUSE_NANOS;
  private volatile long compactionPauseNanos = COMPACTION_PAUSE_NANOS;

  private Database(Path folder, Disk disk, @Nullable Path scratch) {
    this.folder = folder;
    this.disk = disk;
    this.scratch = scratch;
  }

  /// Opens the database in a folder that is there.
  ///
  /// @throws StoreFailure if it cannot be opened, or another version of the program wrote it
  static Database open(Path folder, Disk disk) {
    loadLibrary(folder.resolveSibling("native"));
    return open(new Database(folder, disk, null));
  }

  /// Opens the database for reading only, as it is now, whether or not another process writes it.
  ///
  /// @param scratch a folder for files of its own
  /// @throws StoreFailure as [#open] does
  static Database openToRead(Path folder, Path scratch) {
    if (!Files.exists(folder.resolve("CURRENT"))) {
      throw new StoreFailure(folder + ": there is no store.", null);
    }
    loadLibrary(scratch.resolve("native"));
    return open(new Database(folder, Disk.of(folder), scratch));
  }

  /// Makes a database in a folder that is there and empty, by a process that reads another one.
  static Database make(Path folder) {
    return open(new Database(folder, Disk.of(folder), null));
  }

  private static Database open(Database database) {
    Path folder = database.folder;
    try {
      database.requireFamilies();
      database.openRocks();
      database.requireFormat();
      return database;
    } catch (RocksDBException e) {
      database.close();
      throw new StoreFailure(folder + ": cannot be opened (" + e.getMessage() + ").", e);
    }
  }

  /// Loads the part of RocksDB that is not Java from a folder, to which it is copied first: a file
  /// of its own for each start would stay behind when the process is killed.
  private static void loadLibrary(Path folder) {
    try {
      NativeLibraryLoader.getInstance().loadLibrary(Files.createDirectories(folder).toString());
      RocksDB.loadLibrary();
    } catch (IOException e) {
      throw new StoreFailure(folder + ": cannot be written (" + e.getMessage() + ").", e);
    }
  }

  private void openRocks() throws RocksDBException {
    disk.begin(Disk.Step.OPEN);
    RocksSettings made = new RocksSettings();
    settings = made;
    if (scratch == null) {
      rocks = RocksDB.open(made.options(), folder.toString(), made.families(), handles);
    } else {
      DBOptions options = made.options().setMaxOpenFiles(-1); // None vanishes while it is read.
      rocks =
          RocksDB.openAsSecondary(
              options, folder.toString(), scratch.toString(), made.families(), handles);
    }
  }

  /// Another version of the program may have other families: to open would fail in no user's words,
  /// or add families that the other version does not know.
  private void requireFamilies() throws RocksDBException {
    if (!Files.exists(folder.resolve("CURRENT"))) {
      return;
    }
    Set<String> known = new HashSet<>(List.of("default"));
    for (Family family : Family.values()) {
      known.add(family.fileName());
    }
    disk.begin(Disk.Step.OPEN);
    Set<String> found = new HashSet<>();
    try (Options options = new Options()) {
      for (byte[] name : RocksDB.listColumnFamilies(options, folder.toString())) {
        found.add(Utf8.text(name, 0, name.length));
      }
    }
    if (!found.equals(known) && found.size() > 1) {
      throw otherFormat(formatWithout(found));
    }
  }

  /// The format of a database with other families, or 0.
  private long formatWithout(Set<String> found) throws RocksDBException {
    String meta = Family.META.fileName();
    if (!found.contains(meta)) {
      return 0;
    }
    List<ColumnFamilyHandle> opened = new ArrayList<>();
    try (ColumnFamilyOptions plain = new ColumnFamilyOptions();
        DBOptions options = new DBOptions();
        RocksDB other =
            RocksDB.openReadOnly(
                options,
                folder.toString(),
                List.of(
                    new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, plain),
                    new ColumnFamilyDescriptor(Utf8.bytes(meta), plain)),
                opened)) {
      byte[] kept = other.get(opened.getLast(), FORMAT_KEY);
      opened.forEach(ColumnFamilyHandle::close);
      return kept == null ? 0 : new ByteReader(kept).number();
    }
  }

  private StoreFailure otherFormat(long format) {
    return new StoreFailure(
        folder
            + ": was written by another version of Midge, in format "
            + format
            + "; this one knows format "
            + FORMAT
            + ". Start that version, or choose another folder with --data.",
        null);
  }

  private void requireFormat() throws RocksDBException {
    byte[] kept = get(Family.META, FORMAT_KEY);
    if (kept == null) {
      try (WriteBatch batch = new WriteBatch()) {
        put(batch, Family.META, FORMAT_KEY, new ByteWriter(1).number(FORMAT).toBytes());
        write(batch, true);
      }
      return;
    }
    long format = new ByteReader(kept).number();
    if (format != FORMAT) {
      close();
      throw otherFormat(format);
    }
  }

  /// Where the last group left off.
  Position position() throws RocksDBException {
    byte[] kept = get(Family.META, GROUP_KEY);
    if (kept == null) {
      return new Position(0, 0);
    }
    ByteReader reader = new ByteReader(kept);
    return new Position(reader.number(), reader.number());
  }

  /// Adds the numbers of a group to its batch.
  void position(WriteBatch batch, Position position) throws RocksDBException {
    batch.put(
        handle(Family.META),
        GROUP_KEY,
        new ByteWriter(20).number(position.group).number(position.highest).toBytes());
  }

  /// The value of a key, or null.
  byte @Nullable [] get(Family family, byte[] key) throws RocksDBException {
    disk.begin(Disk.Step.READ);
    return rocks().get(handle(family), key);
  }

  /// Goes through a family from `first` on, in the order of keys, to those that are less than `end`
  /// or all.
  Scan scan(Family family, byte[] first, byte @Nullable [] end) {
    return new Scan(rocks(), disk, handle(family), first, end, null);
  }

  /// All as it is now, whatever is written meanwhile. To be closed. Any thread, as long as the
  /// database is neither closed nor opened again.
  View view() {
    return new View(rocks());
  }

  /// Goes over to what the process that writes the folder has written by now.
  void catchUp() throws RocksDBException {
    rocks().tryCatchUpWithPrimary();
  }

  /// How many keys a family has, roughly, without going through it.
  long estimate(Family family) throws RocksDBException {
    return rocks().getLongProperty(handle(family), "rocksdb.estimate-num-keys");
  }

  /// How much the files of a family take, in bytes, without what is only in the log of writes.
  long fileBytes(Family family) throws RocksDBException {
    return rocks().getLongProperty(handle(family), "rocksdb.total-sst-files-size");
  }

  /// Reads all files and compares them with their checksums.
  void verify() throws RocksDBException {
    rocks().verifyChecksum();
  }

  /// How many keys a family has, found by going through it.
  long count(Family family) throws RocksDBException {
    long count = 0;
    try (Scan scan = scan(family, new byte[0], null)) {
      for (; scan.isAtKey(); scan.advance()) {
        count++;
      }
    }
    return count;
  }

  /// Adds a value to a batch.
  void put(WriteBatch batch, Family family, byte[] key, byte[] value) throws RocksDBException {
    batch.put(handle(family), key, value);
  }

  /// Adds to a batch that a key goes.
  void delete(WriteBatch batch, Family family, byte[] key) throws RocksDBException {
    if (family.isWrittenOnce()) {
      batch.singleDelete(handle(family), key);
    } else {
      batch.delete(handle(family), key);
    }
  }

  /// Writes a batch, all of it or nothing.
  ///
  /// @param sync whether it and all before it is on disk when this returns
  void write(WriteBatch batch, boolean sync) throws RocksDBException {
    disk.begin(Disk.Step.WRITE);
    rocks().write(sync ? synced : unsynced, batch);
    disk.begin(Disk.Step.WRITTEN);
    if (sync) {
      disk.begin(Disk.Step.SYNCED);
    }
  }

  /// Returns when all that was written is on disk.
  void sync() throws RocksDBException {
    disk.begin(Disk.Step.SYNC);
    rocks().flushWal(true);
    disk.begin(Disk.Step.SYNCED);
  }

  /// Begins to move what is only in memory and in the logs of writes to files, after which the logs
  /// are removed, and what was deleted before it got to files has left nothing.
  void flush() throws RocksDBException {
    disk.begin(Disk.Step.FLUSH);
    rocks().flush(flush, handles);
  }

  /// Whether it is open: it is not when it could not be opened again.
  boolean isOpen() {
    return rocks != null;
  }

  /// Opens it again after a write failed: what RocksDB keeps in memory may be wrong then.
  void reopen() throws RocksDBException {
    closeRocks();
    openRocks();
  }

  @Override
  public void close() {
    closeRocks();
    flush.close();
    unsynced.close();
    synced.close();
  }

  /// Begins to give back the room of what was deleted, unless that has been done a short time ago
  /// or is going on. It is done by a thread of its own, since it may take long.
  void compact() {
    long nowNanos = System.nanoTime();
    if (nowNanos - compactedNanos < compactionPauseNanos
        || (compaction != null && compaction.isAlive())) {
      return;
    }
    RocksDB compacted = rocks();
    List<ColumnFamilyHandle> families = List.copyOf(handles);
    compaction =
        Thread.ofPlatform()
            .daemon()
            .name("store-compaction")
            .start(() -> {
              try {
                for (ColumnFamilyHandle family : families) {
                  disk.begin(Disk.Step.COMPACT);
                  compacted.compactRange(family);
                }
              } catch (RocksDBException e) {
                LOG.debug("compaction ended early", e);
              }
              compactedNanos = System.nanoTime();
              compactionPauseNanos =
                  Math.max(COMPACTION_PAUSE_NANOS, 5 * (compactedNanos - nowNanos));
            });
  }

  private void endCompaction(RocksDB closing) {
    Thread running = compaction;
    if (running != null && running.isAlive()) {
      closing.cancelAllBackgroundWork(true);
      boolean interrupted = false;
      while (running.isAlive()) {
        try {
          running.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    compaction = null;
  }

  private void closeRocks() {
    if (rocks != null) {
      endCompaction(rocks);
    }
    handles.forEach(ColumnFamilyHandle::close);
    handles.clear();
    if (rocks != null) {
      rocks.close();
      rocks = null;
    }
    if (settings != null) {
      settings.close();
      settings = null;
    }
  }

  private RocksDB rocks() {
    if (rocks == null) {
      throw new IllegalStateException("database is closed");
    }
    return rocks;
  }

  private ColumnFamilyHandle handle(Family family) {
    return handles.get(1 + family.ordinal());
  }

  /// The database at one moment. One thread.
  final class View implements AutoCloseable {
    private final RocksDB viewed;
    private final Snapshot snapshot;
    private final ReadOptions options;

    private View(RocksDB viewed) {
      this.viewed = viewed;
      this.snapshot = viewed.getSnapshot();
      this.options = new ReadOptions().setSnapshot(snapshot);
    }

    /// The value that a key had, or null.
    byte @Nullable [] get(Family family, byte[] key) throws RocksDBException {
      disk.begin(Disk.Step.READ);
      return viewed.get(handle(family), options, key);
    }

    /// As [Database#scan].
    Scan scan(Family family, byte[] first, byte @Nullable [] end) {
      return new Scan(viewed, disk, handle(family), first, end, snapshot);
    }

    @Override
    public void close() {
      options.close();
      viewed.releaseSnapshot(snapshot);
      snapshot.close();
    }
  }

  /// A walk through a family: at a key, until there is none. To be closed. One thread.
  static final class Scan implements AutoCloseable {
    private final Disk disk;
    private final ReadOptions options = new ReadOptions();
    private final @Nullable Slice bound;
    private final RocksIterator iterator;

    private Scan(
        RocksDB rocks,
        Disk disk,
        ColumnFamilyHandle handle,
        byte[] first,
        byte @Nullable [] end,
        @Nullable Snapshot snapshot) {
      this.disk = disk;
      this.bound = end == null ? null : new Slice(end);
      if (bound != null) {
        options.setIterateUpperBound(bound);
      }
      if (snapshot != null) {
        options.setSnapshot(snapshot);
      }
      this.iterator = rocks.newIterator(handle, options);
      iterator.seek(first);
    }

    /// Whether it is at a key.
    ///
    /// @throws RocksDBException when it is not because reading failed
    boolean isAtKey() throws RocksDBException {
      disk.begin(Disk.Step.READ);
      if (iterator.isValid()) {
        return true;
      }
      iterator.status();
      return false;
    }

    /// The key.
    byte[] key() {
      return iterator.key();
    }

    /// Its value.
    byte[] value() {
      return iterator.value();
    }

    /// Goes to the next key.
    void advance() {
      iterator.next();
    }

    @Override
    public void close() {
      iterator.close();
      options.close();
      if (bound != null) {
        bound.close();
      }
    }
  }
}
