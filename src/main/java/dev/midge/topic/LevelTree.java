package dev.midge.topic;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A tree of topic levels with a value at some of its nodes. Any thread reads it without a lock, at
/// any time; writers take turns by a lock of their own.
///
/// A node holds no map while it has no child, and none while it has one: most nodes of a tree of
/// topics are chains, and a map for each would be most of its memory. What a reader sees of one
/// node is always whole, because children and value are each replaced by one volatile write.
final class LevelTree<V> {

  /// One level below its parent.
  static final class Node<V> {
    private final @Nullable Node<V> parent;
    private final String level;

    /// Nothing, the only child as a `Node`, or all of them as a `ConcurrentHashMap` by level.
    private volatile @Nullable Object children;

    private volatile @Nullable V value;

    private Node(@Nullable Node<V> parent, String level) {
      this.parent = parent;
      this.level = level;
    }

    /// The text of the level.
    String level() {
      return level;
    }

    /// The value here, or null.
    @Nullable V value() {
      return value;
    }

    /// Sets or clears the value. For writers.
    void value(@Nullable V value) {
      this.value = value;
    }

    /// The child with this level, or null.
    @Nullable Node<V> child(String childLevel) {
      Object all = children;
      if (all == null) {
        return null;
      }
      if (all instanceof Node<?> only) {
        return only.level.equals(childLevel) ? cast(only) : null;
      }
      return cast(all).get(childLevel);
    }

    /// All children, in no order; later changes may or may not show.
    Collection<Node<V>> children() {
      Object all = children;
      if (all == null) {
        return List.of();
      }
      return all instanceof Node<?> only ? List.of(cast(only)) : cast(all).values();
    }

    private Node<V> add(String childLevel) {
      Node<V> added = new Node<>(this, childLevel);
      Object all = children;
      if (all == null) {
        children = added;
      } else if (all instanceof Node<?> only) {
        ConcurrentHashMap<String, Node<V>> both = new ConcurrentHashMap<>(4);
        both.put(only.level, cast(only));
        both.put(childLevel, added);
        children = both;
      } else {
        cast(all).put(childLevel, added);
      }
      return added;
    }

    private void remove(Node<V> child) {
      Object all = children;
      if (all == child) {
        children = null;
      } else if (all != null && !(all instanceof Node<?>)) {
        ConcurrentHashMap<String, Node<V>> map = cast(all);
        map.remove(child.level);
        if (map.isEmpty()) {
          children = null;
        }
      }
    }

    @SuppressWarnings("unchecked") // A node of this tree has children of this tree only.
    private Node<V> cast(Node<?> node) {
      return (Node<V>) node;
    }

    @SuppressWarnings("unchecked") // See above.
    private ConcurrentHashMap<String, Node<V>> cast(Object map) {
      return (ConcurrentHashMap<String, Node<V>>) map;
    }
  }

  private final Node<V> root = new Node<>(null, "");

  private long nodes;

  /// How many nodes there are below the root. For writers.
  long nodes() {
    return nodes;
  }

  /// The node above all first levels; it has no value.
  Node<V> root() {
    return root;
  }

  /// The node at the end of these levels, or null.
  @Nullable Node<V> find(List<String> levels) {
    Node<V> node = root;
    for (String level : levels) {
      node = node.child(level);
      if (node == null) {
        return null;
      }
    }
    return node;
  }

  /// The node at the end of these levels, made where it is missing. For writers.
  Node<V> findOrAdd(List<String> levels) {
    Node<V> node = root;
    for (String level : levels) {
      Node<V> known = node.child(level);
      nodes += known == null ? 1 : 0;
      node = known == null ? node.add(level) : known;
    }
    return node;
  }

  /// Takes out the node and those above it as far as they have neither value nor child. For
  /// writers.
  void prune(Node<V> emptied) {
    Node<V> node = emptied;
    while (node.parent != null && node.value == null && node.children == null) {
      node.parent.remove(node);
      nodes--;
      node = node.parent;
    }
  }
}
