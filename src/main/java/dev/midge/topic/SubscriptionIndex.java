package dev.midge.topic;

import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The subscriptions of all sessions, found by topic. Matching takes no lock; changing does, and
/// gives the index a new version, by which caches know that they are out of date.
public final class SubscriptionIndex {
  private static final Subscription[] NONE = {};

  /// The subscriptions to one filter: the first `count` of the array. It has room at its end, into
  /// which a newcomer is written, so that a filter with very many subscribers is not copied for
  /// each; readers of an older record do not look that far. Apart from that, arrays are replaced,
  /// never changed.
  ///
  /// @param groups by filter with share name: one map for as long as there are groups, because one
  ///   client may make very many for the same topic
  private record Subscribers(
      @Nullable Subscription[] subscriptions, int count, Map<TopicFilter, SharedGroup> groups) {
    private static final Subscribers NOBODY = new Subscribers(NONE, 0, Map.of());

    boolean isEmpty() {
      return count == 0 && groups.isEmpty();
    }
  }

  private final LevelTree<Subscribers> tree = new LevelTree<>();
  private final int loops;
  private volatile long version = 1;
  private volatile int size;
  private volatile int sharedSize;

  /// Written under the lock.
  private volatile long weight;

  /// An empty index for sessions on this many event loops.
  public SubscriptionIndex(int loops) {
    this.loops = loops;
  }

  /// A number that grows with each change; never 0. Any thread.
  public long version() {
    return version;
  }

  /// How many subscriptions there are. Any thread.
  public int size() {
    return size;
  }

  /// How many of them are shared. Any thread.
  public int sharedSize() {
    return sharedSize;
  }

  /// Whether there is a filter whose first level is this one. Any thread.
  public boolean hasBelow(String level) {
    return tree.root().child(level) != null;
  }

  /// How much memory the subscriptions take, in such of a usual filter: one of many levels or bytes
  /// counts as several. Any thread.
  public long weight() {
    return weight;
  }

  private static int weight(TopicFilter filter) {
    return 1 + filter.levels().size() / 4 + filter.toString().length() / 256;
  }

  /// Adds a subscription, or puts it in the place of the one that the subscriber had for the same
  /// filter. [MQTT-3.8.4-3] Any thread.
  ///
  /// @param previous the one to replace, or null when it is new
  public synchronized void subscribe(
      TopicFilter filter, Subscription subscription, @Nullable Subscription previous) {
    LevelTree.Node<Subscribers> node = tree.findOrAdd(filter.levels());
    Subscribers known = subscribersAt(node);
    Subscribers changed =
        filter.isShared()
            ? withMember(known, filter, subscription, previous)
            : withSubscription(known, subscription, previous);
    node.value(changed);
    changed(previous == null ? 1 : 0, filter);
  }

  /// Takes a subscription out. Any thread.
  ///
  /// @param subscription the very one that was added last for this filter
  public synchronized void unsubscribe(TopicFilter filter, Subscription subscription) {
    LevelTree.Node<Subscribers> node = tree.find(filter.levels());
    if (node == null) {
      throw new IllegalStateException("no subscription to " + filter);
    }
    Subscribers known = subscribersAt(node);
    Subscribers left =
        filter.isShared()
            ? withoutMember(known, filter, subscription)
            : new Subscribers(
                without(known.subscriptions, known.count, subscription),
                known.count - 1,
                known.groups);
    node.value(left.isEmpty() ? null : left);
    tree.prune(node);
    changed(-1, filter);
  }

  /// The group that shares subscriptions to this filter, or null. Any thread.
  public @Nullable SharedGroup group(TopicFilter filter) {
    LevelTree.Node<Subscribers> node = tree.find(filter.levels());
    return node == null ? null : subscribersAt(node).groups.get(filter);
  }

  /// Who gets a message of this topic: every filter that matches it counts, `$` topics only when
  /// their first level is spelled out. [MQTT-4.7.2-1] Any thread.
  public Match match(TopicName topic) {
    List<Subscribers> found = new ArrayList<>(4);
    List<String> levels = topic.levels();
    List<LevelTree.Node<Subscribers>> reached = new ArrayList<>(4);
    List<LevelTree.Node<Subscribers>> next = new ArrayList<>(4);
    reached.add(tree.root());
    for (int depth = 0; depth < levels.size() && !reached.isEmpty(); depth++) {
      boolean wildcards = depth > 0 || !topic.isReserved();
      String level = levels.get(depth);
      for (LevelTree.Node<Subscribers> node : reached) {
        if (wildcards) {
          collect(node.child("#"), found);
          addIfPresent(node.child("+"), next);
        }
        addIfPresent(node.child(level), next);
      }
      List<LevelTree.Node<Subscribers>> left = reached;
      reached = next;
      next = left;
      next.clear();
    }
    for (LevelTree.Node<Subscribers> node : reached) {
      collect(node, found);
      collect(node.child("#"), found); // "a/#" matches "a" as well (4.7.1.2).
    }
    return found.isEmpty() ? Match.NONE : matchOf(found);
  }

  private static <T> void addIfPresent(@Nullable T element, List<T> list) {
    if (element != null) {
      list.add(element);
    }
  }

  private static void collect(LevelTree.@Nullable Node<Subscribers> node, List<Subscribers> found) {
    if (node != null) {
      addIfPresent(node.value(), found);
    }
  }

  private Match matchOf(List<Subscribers> found) {
    List<SharedGroup> groups = new ArrayList<>(0);
    for (Subscribers subscribers : found) {
      groups.addAll(subscribers.groups.values());
    }
    // Mostly one filter matches, and then no subscriber is found twice.
    Subscribers all = found.size() == 1 ? found.getFirst() : united(found);
    return new Match(byLoop(all.subscriptions, all.count), groups.toArray(SharedGroup[]::new));
  }

  /// The subscriptions to several filters, each subscriber once.
  private static Subscribers united(List<Subscribers> found) {
    Map<Subscriber, List<Subscription>> bySubscriber = new LinkedHashMap<>();
    for (Subscribers subscribers : found) {
      for (int i = 0; i < subscribers.count; i++) {
        Subscription subscription = present(subscribers.subscriptions[i]);
        bySubscriber
            .computeIfAbsent(subscription.subscriber(), _ -> new ArrayList<>(1))
            .add(subscription);
      }
    }
    Subscription[] all = new Subscription[bySubscriber.size()];
    int count = 0;
    for (List<Subscription> parts : bySubscriber.values()) {
      all[count++] = Subscription.union(parts);
    }
    return new Subscribers(all, count, Map.of());
  }

  private Subscription[][] byLoop(@Nullable Subscription[] all, int count) {
    int[] counts = new int[loops];
    for (int i = 0; i < count; i++) {
      counts[present(all[i]).subscriber().homeLoop()]++;
    }
    Subscription[][] parts = new Subscription[loops][];
    for (int loop = 0; loop < loops; loop++) {
      parts[loop] = counts[loop] == 0 ? NONE : new Subscription[counts[loop]];
    }
    for (int i = count - 1; i >= 0; i--) {
      Subscription subscription = present(all[i]);
      int loop = subscription.subscriber().homeLoop();
      parts[loop][--counts[loop]] = subscription;
    }
    return parts;
  }

  private static Subscription present(@Nullable Subscription subscription) {
    if (subscription == null) {
      throw new IllegalStateException("fewer subscriptions than were counted");
    }
    return subscription;
  }

  private synchronized void changed(int difference, TopicFilter filter) {
    size += difference;
    sharedSize += filter.isShared() ? difference : 0;
    weight += (long) difference * weight(filter);
    version++;
  }

  private static Subscribers subscribersAt(LevelTree.Node<Subscribers> node) {
    Subscribers known = node.value();
    return known == null ? Subscribers.NOBODY : known;
  }

  private static Subscribers withSubscription(
      Subscribers known, Subscription added, @Nullable Subscription previous) {
    @Nullable Subscription[] all = known.subscriptions;
    if (previous != null) {
      return new Subscribers(replaced(all, previous, added), known.count, known.groups);
    }
    if (known.count == all.length) {
      all = Arrays.copyOf(all, Math.max(1, 2 * all.length));
    }
    all[known.count] = added;
    return new Subscribers(all, known.count + 1, known.groups);
  }

  private static Subscribers withMember(
      Subscribers known, TopicFilter filter, Subscription added, @Nullable Subscription previous) {
    SharedGroup group = known.groups.get(filter);
    if (group == null) {
      Map<TopicFilter, SharedGroup> groups =
          known.groups.isEmpty() ? new ConcurrentHashMap<>(4) : known.groups;
      groups.put(filter, new SharedGroup(filter, added));
      return new Subscribers(known.subscriptions, known.count, groups);
    }
    Subscription[] members = group.members();
    if (previous != null) {
      group.members(replaced(members, previous, added));
    } else {
      Subscription[] more = Arrays.copyOf(members, members.length + 1);
      more[members.length] = added;
      group.members(more);
    }
    return known;
  }

  private static Subscribers withoutMember(
      Subscribers known, TopicFilter filter, Subscription removed) {
    SharedGroup group = known.groups.get(filter);
    if (group == null) {
      throw new IllegalStateException("no group " + filter);
    }
    Subscription[] members = group.members();
    group.members(without(members, members.length, removed));
    if (members.length == 1) {
      known.groups.remove(filter);
    }
    return known;
  }

  private static <T extends @Nullable Object> T[] replaced(T[] array, T old, T fresh) {
    T[] copy = array.clone();
    copy[indexOf(array, old)] = fresh;
    return copy;
  }

  /// The first `count` elements without one of them.
  private static <T extends @Nullable Object> T[] without(T[] array, int count, T removed) {
    int at = indexOf(array, removed);
    T[] copy = Arrays.copyOf(array, count - 1);
    System.arraycopy(array, at + 1, copy, at, count - 1 - at);
    return copy;
  }

  @SuppressWarnings("ReferenceEquality") // The very object is looked for, not one like it.
  private static <T extends @Nullable Object> int indexOf(T[] array, T element) {
    for (int i = 0; i < array.length; i++) {
      if (array[i] == element) {
        return i;
      }
    }
    throw new IllegalStateException("not there: " + element);
  }
}
