package dev.midge.broker;

import dev.midge.topic.RetainedIndex;

/// What the address of a client has, and may have, of what all clients share. A port. Any thread.
public interface Shares extends RetainedIndex.Owner {
  /// Those of a client whose address is not held to any bound.
  Shares UNBOUNDED = new NoBounds();

  /// Those of the server itself, whose retained messages find room in any case: they are few.
  Shares SERVER =
      new NoBounds() {
        @Override
        public boolean isBounded() {
          return false;
        }
      };

  /// Has as much as it likes.
  class NoBounds implements Shares {
    private NoBounds() {}

    @Override
    public boolean take(Share share, long amount) {
      return true;
    }

    @Override
    public boolean isThereFor(Share share, long amount) {
      return true;
    }

    @Override
    public void add(Share share, long amount) {}
  }

  /// The address, as it is written down, or an empty string for one that is not held to any bound.
  default String address() {
    return "";
  }

  /// Takes so much more, unless it would be more than the address may have.
  ///
  /// @return whether it was taken; then a negative [#add] must follow
  boolean take(Share share, long amount);

  /// Whether the address may have so much more.
  boolean isThereFor(Share share, long amount);

  /// Takes so much, also when it is more than the address may have; what is negative is given back.
  void add(Share share, long amount);

  @Override
  default boolean take(int messages, long bytes) {
    if (!take(Share.RETAINED_MESSAGES, messages)) {
      return false;
    }
    if (!take(Share.RETAINED_BYTES, bytes)) {
      add(Share.RETAINED_MESSAGES, -messages);
      return false;
    }
    return true;
  }

  @Override
  default void hold(int messages, long bytes) {
    add(Share.RETAINED_MESSAGES, messages);
    add(Share.RETAINED_BYTES, bytes);
  }

  @Override
  default void give(int messages, long bytes) {
    add(Share.RETAINED_BYTES, -bytes);
    add(Share.RETAINED_MESSAGES, -messages);
  }
}
