package dev.midge.store;

import dev.midge.packet.Utf8;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.RocksObject;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// RocksDB with the families of [Family], in one folder. What it takes of memory outside the heap
/// is bounded here: memtables and a cache of blocks. Any thread may read; one writes.
final class Database implements AutoCloseable {
  /// The number of the format that this program writes. It reads this one only.
  static final int FORMAT = 2;

  private static final byte[] FORMAT_KEY = Utf8.bytes("format");
  private static final byte[] GROUP_KEY = Utf8.bytes("group");
  private static final long WAL_BYTES_MAX = 128L << 20;
  private static final long CACHE_BYTES = 32L << 20;
  private static final long MEMTABLES_BYTES = 64L << 20;
  private static final int BLOCK_BYTES = 16 << 10;
  private static final int BLOOM_BITS = 10;
  private static final int OPEN_FILES_MAX = 512;
  private static final long LOG_FILE_BYTES = 1 << 20;
  private static final int LOG_FILES = 2;

  /// The numbers of the last group that was written.
  ///
  /// @param group how many groups there were before and with it
  /// @param highest the highest session or message number that was ever given
  record Position(long group, long highest) {}

  private final Path folder;
  private final Disk disk;

  /// What has to be closed, in this order.
  private final List<RocksObject> open = new ArrayList<>();

  private final List<ColumnFamilyHandle> handles = new ArrayList<>();
  private final WriteOptions unsynced = new WriteOptions();
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private @Nullable RocksDB rocks;

  private Database(Path folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
  }

  /// Opens the database in a folder that is there.
  ///
  /// @throws StoreFailure if it cannot be opened, or another version of the program wrote it
  static Database open(Path folder, Disk disk) {
    loadLibrary(folder.resolveSibling("native"));
    Database database = new Database(folder, disk);
    try {
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
    Cache cache = opened(new LRUCache(CACHE_BYTES));
    BlockBasedTableConfig tables =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setCacheIndexAndFilterBlocks(true)
            .setBlockSize(BLOCK_BYTES)
            .setFilterPolicy(opened(new BloomFilter(BLOOM_BITS)));
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    // RocksDB insists on a family of this name; it stays empty.
    families.add(
        new ColumnFamilyDescriptor(
            RocksDB.DEFAULT_COLUMN_FAMILY, opened(new ColumnFamilyOptions())));
    for (Family family : Family.values()) {
      ColumnFamilyOptions options =
          opened(new ColumnFamilyOptions())
              .setTableFormatConfig(tables)
              .setCompressionType(CompressionType.LZ4_COMPRESSION)
              .setWriteBufferSize(family.memtableBytes());
      families.add(new ColumnFamilyDescriptor(Utf8.bytes(family.fileName()), options));
    }
    DBOptions options =
        opened(new DBOptions())
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setMaxTotalWalSize(WAL_BYTES_MAX)
            .setDbWriteBufferSize(MEMTABLES_BYTES)
            .setMaxOpenFiles(OPEN_FILES_MAX)
            .setKeepLogFileNum(LOG_FILES)
            .setMaxLogFileSize(LOG_FILE_BYTES)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setStatsDumpPeriodSec(0)
            .setStatsPersistPeriodSec(0);
    rocks = RocksDB.open(options, folder.toString(), families, handles);
  }

  private <T extends RocksObject> T opened(T object) {
    open.addFirst(object);
    return object;
  }

  private void requireFormat() throws RocksDBException {
    byte[] kept = get(Family.META, FORMAT_KEY);
    if (kept == null) {
      rocks()
          .put(handle(Family.META), synced, FORMAT_KEY, new ByteWriter(1).number(FORMAT).toBytes());
      return;
    }
    long format = new ByteReader(kept).number();
    if (format != FORMAT) {
      close();
      throw new StoreFailure(
          folder
              + ": was written by another version of Midge, in format "
              + format
              + "; this one knows format "
              + FORMAT
              + ". Start that version, or choose another folder with --data.",
          null);
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
    return rocks().get(handle(family), key);
  }

  /// Goes through a family from `first` on, in the order of keys, to those that are less than `end`
  /// or all.
  Scan scan(Family family, byte[] first, byte @Nullable [] end) {
    return new Scan(rocks(), handle(family), first, end);
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
  }

  /// Returns when all that was written is on disk.
  void sync() throws RocksDBException {
    disk.begin(Disk.Step.SYNC);
    rocks().flushWal(true);
  }

  /// Opens it again after a write failed: what RocksDB keeps in memory may be wrong then.
  void reopen() throws RocksDBException {
    closeRocks();
    openRocks();
  }

  @Override
  public void close() {
    closeRocks();
    unsynced.close();
    synced.close();
  }

  private void closeRocks() {
    handles.forEach(ColumnFamilyHandle::close);
    handles.clear();
    if (rocks != null) {
      rocks.close();
      rocks = null;
    }
    open.forEach(RocksObject::close);
    open.clear();
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

  /// A walk through a family: at a key, until there is none. To be closed. One thread.
  static final class Scan implements AutoCloseable {
    private final ReadOptions options = new ReadOptions();
    private final @Nullable Slice bound;
    private final RocksIterator iterator;

    private Scan(RocksDB rocks, ColumnFamilyHandle handle, byte[] first, byte @Nullable [] end) {
      this.bound = end == null ? null : new Slice(end);
      if (bound != null) {
        options.setIterateUpperBound(bound);
      }
      this.iterator = rocks.newIterator(handle, options);
      iterator.seek(first);
    }

    /// Whether it is at a key.
    ///
    /// @throws RocksDBException when it is not because reading failed
    boolean isAtKey() throws RocksDBException {
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
