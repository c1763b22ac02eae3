package dev.midge.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Seeds;
import dev.midge.kit.Statement;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Who gets a message, compared with a list of subscriptions that is gone through one by one.
class SubscriptionIndexTest {
  private static final int LOOPS = 3;
  private static final TopicName TOPIC = TopicName.of("any");

  private record Client(int number, int homeLoop) implements Subscriber {
    @Override
    public Readiness readiness() {
      return Readiness.READY;
    }
  }

  private record Key(TopicFilter filter, Client client) {}

  /// A subscription as it was asked for.
  private record Asked(Subscription subscription, boolean noLocal) {}

  private final SubscriptionIndex index = new SubscriptionIndex(LOOPS);
  private final Map<Key, Asked> model = new LinkedHashMap<>();

  @ParameterizedTest
  @MethodSource(Seeds.ALL)
  @Statement({"MQTT-3.3.4-2", "MQTT-3.3.4-4", "MQTT-3.8.3-3", "MQTT-3.8.4-3", "MQTT-4.7.2-1"})
  void aMessageGoesToThoseWhoseFiltersMatch(long seed) {
    Random random = new Random(seed);
    Topics topics = new Topics(random);
    MatchCache cache = new MatchCache(index);
    for (int i = 0; i < 1_500; i++) {
      if (random.nextInt(200) < Math.min(100, model.size())) {
        unsubscribe(new ArrayList<>(model.keySet()).get(random.nextInt(model.size())));
      } else {
        TopicFilter filter = random.nextInt(4) == 0 ? topics.sharedFilter() : topics.filter();
        int number = random.nextInt(8);
        subscribe(new Key(filter, new Client(number, number % LOOPS)), random);
      }
      TopicName topic = topics.topic();
      String origin = "%s, change %d of seed %d".formatted(topic, i, seed);
      isAsTheModelSays(index.match(topic), topic, origin);
      isAsTheModelSays(cache.match(topic), topic, origin + ", cached");
      assertThat(index.size()).as(origin).isEqualTo(model.size());
    }
    List.copyOf(model.keySet()).forEach(this::unsubscribe);
    for (int i = 0; i < 100; i++) {
      assertThat(cache.match(topics.topic()).isEmpty()).isTrue();
    }
    assertThat(index.size()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "demo/#, true",
    "demo, true",
    "demo/+/x, true",
    "$share/g/demo/x, true",
    "#, false",
    "+/#, false",
    "+/demo, false",
    "demonstration/#, false",
    "x/demo/#, false"
  })
  void aFilterIsBelowALevelOnlyIfItNamesIt(String filter, boolean isBelow) {
    Key key = new Key(TopicFilter.of(filter), new Client(1, 0));
    subscribe(key, new Random(1));
    assertThat(index.hasBelow("demo")).isEqualTo(isBelow);
    unsubscribe(key);
    assertThat(index.hasBelow("demo")).isFalse();
  }

  private final Map<Integer, Client> clients = new LinkedHashMap<>();

  /// A subscriber is known by being itself.
  private Client itself(Client like) {
    return clients.computeIfAbsent(like.number, _ -> like);
  }

  private void subscribe(Key asked, Random random) {
    Key key = new Key(asked.filter, itself(asked.client));
    boolean noLocal = !key.filter.isShared() && random.nextBoolean();
    int identifier = random.nextBoolean() ? 0 : random.nextInt(1, 100);
    QoS qos = QoS.of(random.nextInt(3));
    Subscription subscription =
        new Subscription(key.client, qos, noLocal, random.nextBoolean(), identifier);
    Asked before = model.put(key, new Asked(subscription, noLocal));
    long version = index.version();
    index.subscribe(key.filter, subscription, before == null ? null : before.subscription);
    assertThat(index.version()).isGreaterThan(version);
  }

  private void unsubscribe(Key key) {
    Asked asked = model.remove(key);
    long version = index.version();
    if (asked != null) {
      index.unsubscribe(key.filter, asked.subscription);
    }
    assertThat(index.version()).isGreaterThan(version);
  }

  private void isAsTheModelSays(Match match, TopicName topic, String origin) {
    Map<Client, List<Asked>> expected = new LinkedHashMap<>();
    Map<String, List<Subscription>> groups = new LinkedHashMap<>();
    model.forEach((key, asked) -> {
      if (Topics.matches(key.filter, topic)) {
        if (key.filter.isShared()) {
          groups
              .computeIfAbsent(key.filter.toString(), _ -> new ArrayList<>())
              .add(asked.subscription);
        } else {
          expected.computeIfAbsent(key.client, _ -> new ArrayList<>()).add(asked);
        }
      }
    });
    assertThat(match.isEmpty()).as(origin).isEqualTo(expected.isEmpty() && groups.isEmpty());
    int found = 0;
    for (int loop = 0; loop < LOOPS; loop++) {
      for (Subscription subscription : match.onLoop(loop)) {
        found++;
        List<Asked> parts = expected.getOrDefault(subscription.subscriber(), List.of());
        assertThat(subscription.subscriber().homeLoop()).as(origin).isEqualTo(loop);
        isUnion(subscription, parts, origin);
        List<Asked> own = parts.stream().filter(part -> !part.noLocal).toList();
        isUnion(subscription.forOwnMessages(), own, origin + ", own");
      }
    }
    assertThat(found).as(origin).isEqualTo(expected.size());
    assertThat(match.onLoop(LOOPS)).isEmpty();
    assertThat(match.groups()).as(origin).hasSize(groups.size());
    for (SharedGroup group : match.groups()) {
      assertThat(group.members())
          .as(origin)
          .containsExactlyInAnyOrderElementsOf(
              groups.getOrDefault(group.filter().toString(), List.of()));
    }
  }

  private static void isUnion(@Nullable Subscription found, List<Asked> parts, String origin) {
    if (found == null) {
      assertThat(parts).as(origin).isEmpty();
      return;
    }
    List<Subscription> all = parts.stream().map(Asked::subscription).toList();
    assertThat(found.qos())
        .as(origin)
        .isEqualTo(all.stream().map(Subscription::qos).max(Comparator.naturalOrder()).orElse(null));
    assertThat(found.retainAsPublished())
        .as(origin)
        .isEqualTo(all.stream().anyMatch(Subscription::retainAsPublished));
    assertThat(found.identifiers())
        .as(origin)
        .containsExactlyInAnyOrder(
            all.stream().flatMapToInt(part -> IntStream.of(part.identifiers())).toArray());
  }

  @ParameterizedTest
  @CsvSource({
    "sport/tennis/player1/#, sport/tennis/player1",
    "sport/tennis/player1/#, sport/tennis/player1/ranking",
    "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon",
    "sport/#, sport",
    "#, sport",
    "#, /finance",
    "sport/tennis/+, sport/tennis/player1",
    "sport/+, sport/",
    "+/+, /finance",
    "/+, /finance",
    "$SYS/#, $SYS/monitor/Clients",
    "$SYS/#, $SYS",
    "$SYS/monitor/+, $SYS/monitor/Clients",
    "+/#, a",
    "a//+, a//",
    "$share/g/a/#, a"
  })
  @Statement({"MQTT-4.7.1-1", "MQTT-4.7.1-2"})
  void theseMatch(String filter, String topic) {
    assertThat(matches(filter, topic)).isTrue();
    assertThat(Topics.matches(TopicFilter.of(filter), TopicName.of(topic))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "sport/tennis/+, sport/tennis/player1/ranking",
    "sport/+, sport",
    "+, /finance",
    "#, $SYS",
    "#, $SYS/monitor",
    "+/monitor/Clients, $SYS/monitor/Clients",
    "+/#, $SYS/a",
    "a, A",
    "a, a/",
    "a/, a",
    "/a, a",
    "a/#, ab",
    "a/+/c, a/c",
    "$share/g/+, $SYS"
  })
  @Statement({"MQTT-4.7.2-1", "MQTT-4.7.3-4"})
  void theseDoNot(String filter, String topic) {
    assertThat(matches(filter, topic)).isFalse();
    assertThat(Topics.matches(TopicFilter.of(filter), TopicName.of(topic))).isFalse();
  }

  private boolean matches(String filter, String topic) {
    Client client = new Client(0, 0);
    Subscription subscription = new Subscription(client, QoS.AT_MOST_ONCE, false, false, 0);
    index.subscribe(TopicFilter.of(filter), subscription, null);
    return !index.match(TopicName.of(topic)).isEmpty();
  }

  @Test
  void aFilterOfVeryManyLevelsIsFoundAndTakenOut() {
    TopicFilter filter = TopicFilter.of("/".repeat(65_535));
    Subscription subscription =
        new Subscription(new Client(0, 0), QoS.AT_MOST_ONCE, false, false, 0);
    index.subscribe(filter, subscription, null);
    TopicName topic = TopicName.of("/".repeat(65_535));
    assertThat(index.match(topic).onLoop(0)).containsExactly(subscription);

    index.unsubscribe(filter, subscription);
    assertThat(index.match(topic).isEmpty()).isTrue();
  }

  @Test
  void aSubscriptionIsFoundWhileOthersComeAndGo() throws InterruptedException {
    Subscription lasting = new Subscription(new Client(0, 1), QoS.AT_MOST_ONCE, false, false, 0);
    index.subscribe(TopicFilter.of("a/+"), lasting, null);
    TopicName topic = TopicName.of("a/b");
    Thread writer =
        new Thread(() -> {
          for (int i = 0; i < 20_000; i++) {
            Subscription passing =
                new Subscription(new Client(1, 1), QoS.AT_MOST_ONCE, false, false, 0);
            TopicFilter filter = TopicFilter.of(i % 3 == 0 ? "a/+" : i % 3 == 1 ? "a/b" : "a/#");
            index.subscribe(filter, passing, null);
            index.unsubscribe(filter, passing);
          }
        });
    writer.start();
    MatchCache cache = new MatchCache(index);
    while (writer.isAlive()) {
      assertThat(cache.match(topic).onLoop(1)).contains(lasting);
    }
    writer.join();
    assertThat(cache.match(topic).onLoop(1)).containsExactly(lasting);
  }

  @Test
  void aGroupServesItsMembersInTurn() {
    TopicFilter filter = TopicFilter.of("$share/g/a");
    List<Subscription> members = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Subscription member = new Subscription(new Client(i, 0), QoS.AT_MOST_ONCE, false, false, 0);
      index.subscribe(filter, member, null);
      members.add(member);
    }
    SharedGroup group = index.match(TopicName.of("a")).groups()[0];
    int[] served = new int[3];
    for (int i = 0; i < 300; i++) {
      served[members.indexOf(group.next(TOPIC))]++;
    }
    assertThat(new TreeSet<>(Arrays.stream(served).boxed().toList())).containsExactly(100);
  }
}
