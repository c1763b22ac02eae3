package dev.midge.store;

import dev.midge.packet.Utf8;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Filter;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksObject;
import org.rocksdb.TablePropertiesCollectorFactory;

/// How RocksDB is told to work: what it takes of memory and of open files, and when it gives back
/// the room of what was deleted. To be closed after the database.
final class RocksSettings implements AutoCloseable {
  private static final long WAL_BYTES_MAX = 128L << 20;
  private static final long CACHE_BYTES = 24L << 20;
  private static final long MEMTABLES_BYTES = 48L << 20;
  private static final int BLOOM_BITS = 10;
  private static final int OPEN_FILES_MAX = 512;
  private static final long LOG_FILE_BYTES = 1 << 20;
  private static final int LOG_FILES = 2;

  /// A file is compacted when half of so many keys that follow each other, or of all, are
  /// deletions.
  private static final long DELETIONS_WINDOW = 1024;

  private static final double DELETIONS_SHARE = 0.5;

  /// What has to be closed, in this order.
  private final List<RocksObject> open = new ArrayList<>();

  private final DBOptions options;
  private final List<ColumnFamilyDescriptor> families = new ArrayList<>();

  RocksSettings() {
    Cache cache = opened(new LRUCache(CACHE_BYTES));
    Filter filter = opened(new BloomFilter(BLOOM_BITS));
    // It can be set on options for all families only, which are then taken for each.
    Options deletions = opened(new Options());
    deletions.setTablePropertiesCollectorFactory(
        List.of(
            opened(
                TablePropertiesCollectorFactory.NewCompactOnDeletionCollectorFactory(
                    DELETIONS_WINDOW, DELETIONS_WINDOW / 2, DELETIONS_SHARE))));
    // RocksDB insists on a family of this name; it stays empty.
    families.add(
        new ColumnFamilyDescriptor(
            RocksDB.DEFAULT_COLUMN_FAMILY, opened(new ColumnFamilyOptions())));
    for (Family family : Family.values()) {
      BlockBasedTableConfig tables =
          new BlockBasedTableConfig()
              .setBlockCache(cache)
              .setCacheIndexAndFilterBlocks(true)
              .setBlockSize(family.blockBytes())
              .setFilterPolicy(filter);
      ColumnFamilyOptions familyOptions =
          opened(new ColumnFamilyOptions(deletions))
              .setTableFormatConfig(tables)
              .setCompressionType(CompressionType.LZ4_COMPRESSION)
              .setWriteBufferSize(family.memtableBytes());
      families.add(new ColumnFamilyDescriptor(Utf8.bytes(family.fileName()), familyOptions));
    }
    options =
        opened(new DBOptions())
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setMaxTotalWalSize(WAL_BYTES_MAX)
            .setDbWriteBufferSize(MEMTABLES_BYTES)
            .setAllowConcurrentMemtableWrite(false) // One thread writes.
            .setMaxOpenFiles(OPEN_FILES_MAX)
            .setKeepLogFileNum(LOG_FILES)
            .setMaxLogFileSize(LOG_FILE_BYTES)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setStatsDumpPeriodSec(0)
            .setStatsPersistPeriodSec(0);
  }

  /// Those of the database.
  DBOptions options() {
    return options;
  }

  /// Those of the families, in the order of [Family], behind the one that RocksDB insists on.
  List<ColumnFamilyDescriptor> families() {
    return families;
  }

  private <T extends RocksObject> T opened(T object) {
    open.addFirst(object);
    return object;
  }

  @Override
  public void close() {
    open.forEach(RocksObject::close);
  }
}
