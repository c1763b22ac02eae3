package dev.midge.sim;

import dev.midge.packet.Packet.RetainHandling;
import dev.midge.packet.Packet.Suback;
import dev.midge.packet.Packet.Subscribe;
import dev.midge.packet.Packet.Subscribe.Request;
import dev.midge.packet.Packet.Unsuback;
import dev.midge.packet.Packet.Unsubscribe;
import dev.midge.packet.Packet.Will;
import dev.midge.packet.Properties;
import dev.midge.packet.QoS;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicFilter;
import dev.midge.sim.OracleSession.Replay;
import dev.midge.sim.OracleSession.Wanted;
import dev.midge.sim.Routing.GroupTarget;
import dev.midge.sim.Routing.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Who subscribed to what, and what is retained: by comparing every filter with every topic, level
/// by level.
final class OracleTopics {
  private final World world;
  private final Oracle oracle;
  private final TreeMap<String, Routing> retained = new TreeMap<>();
  private final TreeMap<String, Routing> acknowledged = new TreeMap<>();
  private final TreeMap<String, Long> retainedOrders = new TreeMap<>();
  private final TreeSet<String> uncertain = new TreeSet<>();

  /// To which the will of a connection may have been published of which only the server knows.
  private final TreeSet<String> unknown = new TreeSet<>();

  /// Whether more was kept than there is room for.
  private boolean isAllUncertain;

  private final TreeSet<String> carelessGroups = new TreeSet<>();
  private int replaysExpected;

  OracleTopics(World world, Oracle oracle) {
    this.world = world;
    this.oracle = oracle;
  }

  /// How many retained messages subscriptions have asked for.
  int replaysExpected() {
    return replaysExpected;
  }

  /// Whether a member of the group ever wanted no more than QoS 0.
  boolean isCareless(String filter) {
    return carelessGroups.contains(filter);
  }

  /// What is retained, by topic.
  Map<String, Routing> retained() {
    return retained;
  }

  /// Whether a failure has kept it from being known what is retained for the topic.
  boolean isUncertain(String topic) {
    return isAllUncertain || uncertain.contains(topic) || unknown.contains(topic);
  }

  /// The publisher of a message was told that it is retained.
  void acknowledgedRetained(Routing routing) {
    acknowledged.merge(
        routing.topic().toString(), routing, (old, now) -> old.order > now.order ? old : now);
  }

  /// The server has been restarted.
  void restart(OracleRestart restart) {
    Map<String, Routing> kept = restart.retained();
    acknowledged.forEach((topic, routing) -> {
      if (!isUncertain(topic)) {
        restart.requireRetained(routing, kept);
      }
    });
    retained.clear();
    retained.putAll(kept);
    acknowledged.clear();
    uncertain.clear();
    if (kept.size() > world.scenario().serverLimits().retainedMessagesMax()) {
      isAllUncertain = true;
    }
  }

  /// The order of the last message that was retained for the topic, or cleared it.
  long retainedOrder(String topic) {
    return retainedOrders.getOrDefault(topic, 0L);
  }

  /// Whether that is so for any topic.
  boolean isAnyUncertain() {
    return isAllUncertain || !uncertain.isEmpty() || !unknown.isEmpty();
  }

  /// Whether a message would find room, should it have to be retained.
  boolean hasRoomToRetain(Routing routing) {
    return !routing.retain()
        || routing.payload().length == 0
        || retained.containsKey(routing.topic().toString())
        || retained.size() < world.scenario().serverLimits().retainedMessagesMax();
  }

  /// Finds all who are to get a message, and retains it if it asks for that.
  void route(Routing routing) {
    if (routing.retain()) {
      String topic = routing.topic().toString();
      retainedOrders.put(topic, routing.order);
      routing.replaced = retained.get(topic);
      if (routing.payload().length == 0) {
        retained.remove(topic);
      } else if (hasRoomToRetain(routing)) {
        retained.put(topic, routing);
      }
      routing.endsUncertainty = uncertain.remove(topic);
    }
    List<String> levels = routing.topic().levels();
    for (OracleSession session : oracle.sessions()) {
      List<Wanted> wanted = new ArrayList<>();
      for (Wanted each : session.subscriptions.values()) {
        TopicFilter filter = each.request().filter();
        if (!matches(filter.levels(), levels)) {
          continue;
        }
        if (filter.isShared()) {
          GroupTarget group =
              routing.groups.computeIfAbsent(filter.toString(), _ -> new GroupTarget());
          group.excused |= isUnreliable(session, each);
          group.hasKept |= oracle.promises().keptAs(session) != 0;
        } else if (!each.request().noLocal() || !routing.publisherId().equals(session.clientId)) {
          wanted.add(each);
        }
      }
      if (!wanted.isEmpty()) {
        Target target = target(routing, wanted);
        target.uncertain = oracle.clocks().isEnding(session);
        target.keptAs = oracle.promises().keptAs(session);
        routing.targets.put(session, target);
      }
    }
  }

  private static boolean matches(List<String> filter, List<String> topic) {
    for (int i = 0; i < filter.size(); i++) {
      if (filter.get(i).equals("#")) {
        return true;
      }
      if (i >= topic.size() || !(filter.get(i).equals("+") || filter.get(i).equals(topic.get(i)))) {
        return false;
      }
    }
    return filter.size() == topic.size();
  }

  private boolean isUnreliable(OracleSession member, Wanted wanted) {
    return wanted.qos() == QoS.AT_MOST_ONCE
        || member.hit
        || oracle.clocks().isEnding(member)
        || member.expirySeconds == 0;
  }

  private static Target target(Routing routing, List<Wanted> wanted) {
    QoS qos = QoS.AT_MOST_ONCE;
    boolean retain = false;
    for (Wanted each : wanted) {
      qos = qos.atLeast(each.qos());
      retain |= each.request().retainAsPublished();
    }
    int[] ids = wanted.stream().mapToInt(Wanted::identifier).filter(id -> id != 0).toArray();
    return new Target(qos.atMost(routing.qos()), retain && routing.retain(), ids);
  }

  /// A failure may have hidden that a connection was established, and its will published.
  void unknown(Will will) {
    if (will.retain()) {
      unknown.add(will.topic().toString());
    }
  }

  /// A failure may have kept the message from everybody.
  void uncertain(Routing routing) {
    routing.uncertain = true;
    if (routing.retain()) {
      uncertain.add(routing.topic().toString());
    }
  }

  /// The message was refused before anything was done with it, its packet identifier included.
  void refused(@Nullable OracleSession publisher, Routing routing) {
    if (publisher != null) {
      publisher.received.removeIf(packetId -> publisher.receivedWays.get(packetId) == routing);
    }
    routing.uncertain = true;
    routing.targets.clear();
    routing.groups.clear();
    if (routing.retain()) {
      String topic = routing.topic().toString();
      retained.remove(topic);
      if (routing.replaced != null) {
        retained.put(topic, routing.replaced);
      }
      if (routing.endsUncertainty) {
        uncertain.add(topic);
      }
    }
  }

  /// Several wills that are retained for one topic came in an order that is not known.
  void inUnknownOrder(List<Routing> routings) {
    TreeSet<String> topics = new TreeSet<>();
    for (Routing routing : routings) {
      if (routing.retain() && !topics.add(routing.topic().toString())) {
        uncertain.add(routing.topic().toString());
      }
    }
  }

  /// The session may have ended before the message was published.
  void uncertain(Routing routing, OracleSession session) {
    Target target = routing.targets.get(session);
    if (target != null) {
      target.uncertain = true;
    }
    routing.groups.forEach((filter, group) -> group.excused |= session.groupsEver.contains(filter));
  }

  /// For the trace.
  String receivers(Routing routing) {
    return routing.targets.keySet().stream().map(session -> session.clientId).toList()
        + " "
        + routing.groups.keySet();
  }

  /// The server takes SUBSCRIBE: what it has to answer, and what holds from now on.
  void subscribe(FakeWire wire, OracleSession session, Subscribe subscribe) {
    List<ReasonCode> answers = new ArrayList<>();
    int before = subscriptionCount();
    // After a failure only the server knows.
    int known = world.faults().hasEverHitAny() ? world.broker().subscriptionCount() : before;
    for (Request request : subscribe.requests()) {
      TopicFilter filter = request.filter();
      boolean isNew = !session.subscriptions.containsKey(filter);
      if (isNew && !hasRoom(wire, session, known + subscriptionCount() - before)) {
        answers.add(ReasonCode.QUOTA_EXCEEDED);
      } else if (filter.toString().startsWith("denied")) {
        answers.add(ReasonCode.NOT_AUTHORIZED);
      } else {
        answers.add(ReasonCode.granted(request.qos()));
        Wanted wanted = new Wanted(request, request.qos(), subscribe.subscriptionId());
        session.subscriptions.put(filter, wanted);
        expectReplay(session, wanted, isNew);
        if (filter.isShared()) {
          session.groupsEver.add(filter.toString());
          if (request.qos() == QoS.AT_MOST_ONCE) {
            carelessGroups.add(filter.toString());
          }
        }
      }
    }
    wire.view().answers.add(new Suback(subscribe.packetId(), answers, Properties.NONE));
    wire.view().filters.add(subscribe.requests().stream().map(Request::filter).toList());
  }

  private boolean hasRoom(FakeWire wire, OracleSession session, int all) {
    return session.subscriptions.size() < wire.limits().subscriptionsMax()
        && all < world.scenario().serverLimits().subscriptionsMax();
  }

  /// The server answers SUBSCRIBE.
  void answered(FakeWire wire, Suback suback) {
    WireView view = wire.view();
    OracleSession session = view.session;
    if (session == null
        || !(view.answers.poll() instanceof Suback expected)
        || expected.packetId() != suback.packetId()) {
      throw new SimulationFailure("answered " + suback);
    }
    if (!expected.reasons().equals(suback.reasons()) && !session.hit) {
      throw new SimulationFailure("answered " + suback);
    }
    oracle.promises().answered(session, view.filters.remove(), suback);
  }

  /// Expects the retained messages that a subscription asks for, and those that the subscription in
  /// whose place it comes has asked for and not got: they are the new one's now.
  private void expectReplay(OracleSession session, Wanted wanted, boolean isNew) {
    Request request = wanted.request();
    TopicFilter filter = request.filter();
    for (Replay replay : List.copyOf(session.replays)) {
      if (replay.filter().equals(filter)) {
        expectReplay(session, wanted, replay.routing());
      }
    }
    if (filter.isShared()
        || request.retainHandling() == RetainHandling.DO_NOT_SEND
        || (request.retainHandling() == RetainHandling.SEND_AT_NEW_SUBSCRIBE && !isNew)) {
      return;
    }
    for (Routing routing : retained.values()) {
      if (matches(filter.levels(), routing.topic().levels())) {
        expectReplay(session, wanted, routing);
      }
    }
  }

  private void expectReplay(OracleSession session, Wanted wanted, Routing routing) {
    Request request = wanted.request();
    boolean isWithheld = request.noLocal() && routing.publisherId().equals(session.clientId);
    replaysExpected++;
    int[] ids = wanted.identifier() == 0 ? new int[0] : new int[] {wanted.identifier()};
    session.replays.add(
        new Replay(routing, request.filter(), routing.qos().atMost(wanted.qos()), ids, isWithheld));
  }

  /// The server takes UNSUBSCRIBE.
  void unsubscribe(FakeWire wire, OracleSession session, Unsubscribe unsubscribe) {
    List<ReasonCode> answers = new ArrayList<>();
    for (TopicFilter filter : unsubscribe.filters()) {
      answers.add(
          session.subscriptions.remove(filter) != null
              ? ReasonCode.SUCCESS
              : ReasonCode.NO_SUBSCRIPTION_EXISTED);
    }
    wire.view().answers.add(new Unsuback(unsubscribe.packetId(), answers, Properties.NONE));
    wire.view().filters.add(unsubscribe.filters());
  }

  /// The server answers UNSUBSCRIBE.
  void answered(FakeWire wire, Unsuback unsuback) {
    OracleSession session = wire.view().session;
    boolean isExpected =
        wire.view().answers.poll() instanceof Unsuback expected
            && expected.packetId() == unsuback.packetId()
            && (session == null || session.hit || expected.reasons().equals(unsuback.reasons()));
    if (session == null || !isExpected) {
      throw new SimulationFailure("answered " + unsuback);
    }
    oracle.promises().answered(session, wire.view().filters.remove(), unsuback);
  }

  /// How many subscriptions there should be.
  int subscriptionCount() {
    return oracle.sessions().stream().mapToInt(session -> session.subscriptions.size()).sum();
  }
}
