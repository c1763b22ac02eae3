package dev.midge.topic;

import dev.midge.packet.Message;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import dev.midge.topic.LevelTree.Node;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The retained message of each topic that has one (3.3.1.3), found by filter. Any thread; reading
/// takes no lock.
public final class RetainedIndex {
  /// What became of a message that was to be retained.
  public enum Outcome {
    STORED,
    /// There is no room for one more message.
    TOO_MANY,
    /// There is no room for so many more bytes.
    TOO_LARGE,
    /// Its owner may not have more.
    OWNER_HAS_ENOUGH
  }

  /// Who answers for retained messages, and may have only so many. Any thread.
  public interface Owner {
    /// Nobody in particular, who may have any number.
    Owner NOBODY =
        new Owner() {
          @Override
          public boolean take(int messages, long bytes) {
            return true;
          }

          @Override
          public void hold(int messages, long bytes) {}

          @Override
          public void give(int messages, long bytes) {}
        };

    /// Whether what it has retained counts against what all may have.
    default boolean isBounded() {
      return true;
    }

    /// Takes so many more messages and bytes, unless it would be more than the owner may have.
    ///
    /// @return whether it was taken; then [#give] must follow
    boolean take(int messages, long bytes);

    /// Takes so many more, also when it is more than the owner may have.
    void hold(int messages, long bytes);

    /// Gives back what was taken.
    void give(int messages, long bytes);
  }

  /// A change of what is retained for a topic.
  ///
  /// @param number its place in the order of all changes, or 0 when there was no room for it
  /// @param endsKept whether what was retained until now outlives the process
  public record Change(Outcome outcome, long number, boolean endsKept) {}

  /// What a level of a topic costs in memory, in bytes, roughly.
  private static final long NODE_BYTES = 100;

  /// How many nodes of the tree a cursor looks at in one step.
  private static final int NODES_PER_STEP = 256;

  /// A message with the number of the change that stored it.
  ///
  /// @param kept whether it outlives the process
  /// @param owner who answers for it
  private record Entry(Message message, long change, boolean kept, Owner owner) {}

  private final LevelTree<Entry> tree = new LevelTree<>();
  private final long messagesMax;
  private final long bytesMax;

  private volatile long changes;
  private volatile long messages;
  private volatile long bytes;

  /// How many of the messages count against nothing.
  private volatile long unbounded;

  /// An empty index that refuses to grow beyond `messagesMax` messages or `bytesMax` bytes, those
  /// of the levels of their topics included.
  public RetainedIndex(long messagesMax, long bytesMax) {
    this.messagesMax = messagesMax;
    this.bytesMax = bytesMax;
  }

  /// How many messages are retained.
  public long messages() {
    return messages + unbounded;
  }

  /// What they take in memory, in bytes, roughly.
  public long bytes() {
    return bytes;
  }

  /// Keeps the message for its topic in place of the one before. [MQTT-3.3.1-5] When there is no
  /// room for it, the one before stays: nobody else's is ever given up for a newcomer.
  ///
  /// @param kept whether it outlives the process
  public Change store(Message message, boolean kept) {
    return store(message, kept, Owner.NOBODY);
  }

  /// The same for somebody who answers for it.
  public synchronized Change store(Message message, boolean kept, Owner owner) {
    List<String> levels = message.topic().levels();
    Node<Entry> node = tree.find(levels);
    Entry before = node == null ? null : node.value();
    Outcome fitting = owner.isBounded() ? fits(message, before, levels.size()) : Outcome.STORED;
    if (fitting != Outcome.STORED) {
      return new Change(fitting, 0, false);
    }
    if (!changeOwner(before, owner, message.sizeBytes())) {
      return new Change(Outcome.OWNER_HAS_ENOUGH, 0, false);
    }
    Entry entry = new Entry(message, ++changes, kept, owner);
    tree.findOrAdd(levels).value(entry);
    if (before != null) {
      count(before, -1);
    }
    count(entry, 1);
    return new Change(Outcome.STORED, changes, before != null && before.kept);
  }

  /// Keeps a message that an earlier process kept, for a topic that has none yet: also when its
  /// owner has more than he may by now.
  public synchronized Outcome restore(Message message, Owner owner) {
    List<String> levels = message.topic().levels();
    Outcome fitting = fits(message, null, levels.size());
    if (fitting == Outcome.STORED) {
      Entry entry = new Entry(message, ++changes, true, owner);
      owner.hold(1, message.sizeBytes());
      tree.findOrAdd(levels).value(entry);
      count(entry, 1);
    }
    return fitting;
  }

  /// Whether there is room for a message in place of the one before.
  private Outcome fits(Message message, @Nullable Entry before, int levels) {
    if (before == null && messages >= messagesMax) {
      return Outcome.TOO_MANY;
    }
    int sizeBefore = before == null ? 0 : before.message.sizeBytes();
    long treeBytes = NODE_BYTES * (tree.nodes() + (before == null ? levels : 0));
    return bytes + treeBytes + message.sizeBytes() - sizeBefore > bytesMax
        ? Outcome.TOO_LARGE
        : Outcome.STORED;
  }

  private synchronized void count(Entry entry, int sign) {
    if (entry.owner.isBounded()) {
      messages += sign;
    } else {
      unbounded += sign;
    }
    bytes += (long) sign * entry.message.sizeBytes();
  }

  /// The owner answers for the next message of a topic, if he may; then the one before him no
  /// longer answers for the last.
  @SuppressWarnings("ReferenceEquality") // There is one object for each owner.
  private static boolean changeOwner(@Nullable Entry before, Owner owner, int sizeBytes) {
    if (before == null) {
      return owner.take(1, sizeBytes);
    }
    int sizeBefore = before.message.sizeBytes();
    if (before.owner != owner) {
      if (!owner.take(1, sizeBytes)) {
        return false;
      }
      before.owner.give(1, sizeBefore);
    } else if (sizeBytes > sizeBefore) {
      return owner.take(0, sizeBytes - sizeBefore);
    } else {
      owner.give(0, sizeBefore - sizeBytes);
    }
    return true;
  }

  /// Forgets the message of this topic, if there is one. [MQTT-3.3.1-6]
  public synchronized Change clear(TopicName topic) {
    Node<Entry> node = tree.find(topic.levels());
    Entry entry = node == null ? null : node.value();
    if (node != null && entry != null) {
      remove(node, entry);
    } else {
      changes++;
    }
    return new Change(Outcome.STORED, changes, entry != null && entry.kept);
  }

  /// The message of this topic, or null.
  public @Nullable Message find(TopicName topic) {
    Node<Entry> node = tree.find(topic.levels());
    Entry entry = node == null ? null : node.value();
    return entry == null ? null : entry.message;
  }

  /// Begins to go through the messages that match the filter.
  public Cursor cursor(TopicFilter filter) {
    return new Cursor(filter);
  }

  /// Begins to go through all messages, to forget those that have expired.
  public Sweep sweep() {
    return new Sweep();
  }

  private synchronized void removeExpired(Node<Entry> node, long nowMillis) {
    Entry entry = node.value();
    if (entry != null && entry.message.isExpired(nowMillis)) {
      remove(node, entry);
    }
  }

  private synchronized void remove(Node<Entry> node, Entry entry) {
    node.value(null);
    tree.prune(node);
    changes++;
    count(entry, -1);
    entry.owner.give(1, entry.message.sizeBytes());
  }

  /// Goes through the messages that match one filter, a few at a time: it costs memory for the
  /// depth of the tree, not for the number of messages. What is stored after it began does not
  /// show: whoever subscribed receives that as it is published. One thread.
  public final class Cursor {
    private record Step(Iterator<Node<Entry>> nodes, int depth) {}

    private final List<String> levels;
    private final boolean endsOpen;
    private final long begun = changes;
    private final Deque<Step> path = new ArrayDeque<>();

    private Cursor(TopicFilter filter) {
      this.levels = filter.levels();
      this.endsOpen = levels.getLast().equals("#");
      descend(tree.root(), 0);
    }

    /// Whether there is no more.
    public boolean isDone() {
      return path.isEmpty();
    }

    /// The next message that has not expired; null when there is no more, or when there was none
    /// among the next [#NODES_PER_STEP] nodes of the tree: a filter may match few of very many.
    public @Nullable Message next(long nowMillis) {
      for (int i = 0; i < NODES_PER_STEP && !path.isEmpty(); i++) {
        Step step = path.peek();
        if (!step.nodes.hasNext()) {
          path.pop();
          continue;
        }
        Node<Entry> node = step.nodes.next();
        if (isPassedBy(node, step.depth)) {
          continue;
        }
        descend(node, step.depth);
        Entry entry = node.value();
        if (entry != null
            && entry.change <= begun
            && isWhole(step.depth)
            && !entry.message.isExpired(nowMillis)) {
          return entry.message;
        }
      }
      return null;
    }

    /// Whether it is one of the first levels that no wildcard matches. [MQTT-4.7.2-1] Passed by one
    /// at a time: a list of the others would be as long as strangers make it.
    private boolean isPassedBy(Node<Entry> node, int depth) {
      return depth == 1
          && node.level().startsWith("$")
          && (levels.getFirst().equals("+") || (endsOpen && levels.size() == 1));
    }

    /// Whether a name that ends after this many levels matches: `a/#` matches `a` too.
    private boolean isWhole(int depth) {
      int fixed = levels.size() - 1;
      return endsOpen ? depth >= fixed : depth == levels.size();
    }

    /// Puts those children of a node at this depth on the path that the filter lets pass.
    private void descend(Node<Entry> node, int depth) {
      boolean open = endsOpen && depth >= levels.size() - 1;
      if (!open && depth == levels.size()) {
        return;
      }
      Collection<Node<Entry>> passing;
      if (open || levels.get(depth).equals("+")) {
        passing = node.children();
      } else {
        Node<Entry> child = node.child(levels.get(depth));
        passing = child == null ? List.of() : List.of(child);
      }
      if (!passing.isEmpty()) {
        path.push(new Step(passing.iterator(), depth + 1));
      }
    }
  }

  /// Goes through all messages, a few at a time, and forgets those that have expired. One thread.
  public final class Sweep {
    private final Deque<Iterator<Node<Entry>>> path = new ArrayDeque<>();

    private Sweep() {
      path.push(tree.root().children().iterator());
    }

    /// Looks at up to `count` nodes of the tree; returns false when it has seen all.
    public boolean advance(int count, long nowMillis) {
      for (int i = 0; i < count && !path.isEmpty(); i++) {
        if (!path.peek().hasNext()) {
          path.pop();
          continue;
        }
        Node<Entry> node = path.peek().next();
        path.push(node.children().iterator());
        removeExpired(node, nowMillis);
      }
      return !path.isEmpty();
    }
  }
}
