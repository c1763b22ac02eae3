package dev.midge.broker;

import java.util.function.Consumer;

/// What outlives the process: a log for each loop to write to, and what earlier processes wrote. A
/// port.
public interface Store {
  /// Remembers nothing.
  Store NONE =
      new Store() {
        @Override
        public Durability durabilityMax() {
          return Durability.NONE;
        }

        @Override
        public StateLog log(Loop loop) {
          return StateLog.NONE;
        }

        @Override
        public void sessions(Consumer<StoredSession> each) {}

        @Override
        public void retained(Consumer<StoredRetained> each) {}

        @Override
        public void handovers(Consumer<StoredHandover> each) {}
      };

  /// What it can make sessions outlive.
  default Durability durabilityMax() {
    return Durability.DISK;
  }

  /// Makes the log of a loop. Before the loops start.
  StateLog log(Loop loop);

  /// Goes through all sessions that were kept. Before the loops start.
  void sessions(Consumer<StoredSession> each);

  /// Goes through all retained messages that were kept. Before the loops start.
  void retained(Consumer<StoredRetained> each);

  /// Goes through all messages that were on their way from loop to loop, in their order. Before the
  /// loops start.
  void handovers(Consumer<StoredHandover> each);
}
