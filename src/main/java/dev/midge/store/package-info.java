/// What outlives the process: the broker's ports [dev.midge.broker.Store] and
/// [dev.midge.broker.StateLog] on RocksDB. Each event loop encodes its changes as commands with
/// everything decided in them; one writer thread applies the commands of all loops that wait, as
/// one group, and then tells the loops; another thread reads. No loop ever waits for the disk. Uses
/// `broker`, `session`, `topic` and `packet`.
@NullMarked
package dev.midge.store;

import org.jspecify.annotations.NullMarked;
