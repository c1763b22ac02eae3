package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// What publishers were told and what subscribers got, written down outside the server. A message
/// is a number in a series: what one publisher sends with one QoS, from 1 on. Any thread.
final class Ledger {
  /// What one publisher sends with one QoS.
  record Series(String publisher, int qos) {}

  /// A message.
  record Entry(Series series, int number) {
    static Entry of(String payload) {
      String[] parts = payload.split(" ", -1);
      return new Entry(
          new Series(parts[0], Integer.parseInt(parts[1])), Integer.parseInt(parts[2]));
    }

    String payload() {
      return series.publisher + " " + series.qos + " " + number;
    }
  }

  private final Set<Entry> acknowledged = ConcurrentHashMap.newKeySet();
  private final Map<String, ConcurrentLinkedQueue<Entry>> received = new ConcurrentHashMap<>();

  /// A publisher was told that the server has the message.
  void acknowledged(Entry entry) {
    acknowledged.add(entry);
  }

  /// A subscriber got a message.
  void received(String subscriber, Entry entry) {
    received.computeIfAbsent(subscriber, _ -> new ConcurrentLinkedQueue<>()).add(entry);
  }

  /// How many messages were acknowledged.
  int acknowledgedCount() {
    return acknowledged.size();
  }

  /// Checks that a subscriber got all that was acknowledged, each series in its order, and what has
  /// QoS 2 once.
  void check(String subscriber) {
    Set<Entry> seen = new HashSet<>();
    List<Entry> twice = new ArrayList<>();
    List<String> disorder = new ArrayList<>();
    Map<String, Integer> last = new TreeMap<>();
    for (Entry entry : received.getOrDefault(subscriber, new ConcurrentLinkedQueue<>())) {
      if (!seen.add(entry)) {
        if (entry.series.qos == 2) {
          twice.add(entry);
        }
        continue;
      }
      Integer before = last.put(entry.series.toString(), entry.number);
      if (before != null && before >= entry.number) {
        disorder.add(entry.payload() + " after " + before);
      }
    }
    Set<Entry> lost = new HashSet<>(acknowledged);
    lost.removeAll(seen);

    assertThat(lost).as("acknowledged, and lost for %s", subscriber).isEmpty();
    assertThat(twice).as("of QoS 2, and twice at %s", subscriber).isEmpty();
    assertThat(disorder).as("out of order at %s", subscriber).isEmpty();
  }
}
