package dev.midge.sim;

import dev.midge.broker.Authenticator;
import dev.midge.broker.Authorizer;
import dev.midge.broker.Broker;
import dev.midge.broker.Identity;
import dev.midge.broker.Limits;
import dev.midge.broker.Permission;
import dev.midge.broker.Shares;
import dev.midge.broker.Store;
import dev.midge.broker.Verdict;
import dev.midge.packet.Packet.Connect;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// All that a run consists of, and the chance and the time in it.
final class World {
  private final SplittableRandom random;
  private final Trace trace = new Trace();
  private final Scenario scenario;
  private final Faults faults;
  private final Oracle oracle;
  private final FakeStore store;
  private final List<FakeLoop> loops = new ArrayList<>();
  private final List<FakeWire> wires = new ArrayList<>();
  private static final Verdict LET_IN = new Verdict.Admitted(Identity.claimed(null));

  private final List<CompletableFuture<Verdict>> unanswered = new ArrayList<>();
  private Broker broker;

  private long nowMillis = 1_700_000_000_000L;
  private long step;
  private boolean isRestarted;
  private @Nullable FakeLoop running;

  World(long seed, int steps) {
    this.random = new SplittableRandom(seed);
    this.scenario = Scenario.draw(random, steps);
    this.faults = new Faults(this, scenario.faultOneIn(), scenario.unreadableOneIn());
    this.oracle = new Oracle(this);
    this.store = new FakeStore(this);
    this.broker = newBroker();
    trace.add(scenario.toString());
  }

  /// Ends the server, with all that is not committed, and starts it again.
  void restart() {
    trace("the server is restarted");
    wires.forEach(FakeWire::lose);
    wires.clear();
    unanswered.clear();
    store.crash();
    broker = newBroker();
    oracle.restart();
    broker.restore(
        name ->
            scenario.limits().stream()
                .filter(limits -> limits.listener().equals(name))
                .findFirst()
                .orElseThrow(),
        _ -> Shares.UNBOUNDED);
    isRestarted = true;
  }

  /// Whether the server has been restarted.
  boolean isRestarted() {
    return isRestarted;
  }

  private Broker newBroker() {
    loops.clear();
    for (int i = 0; i < scenario.loops(); i++) {
      loops.add(new FakeLoop(this, i, nowMillis));
    }
    return new Broker(
        List.copyOf(loops),
        new Broker.Ports(
            scenario.serverLimits(),
            authenticator(),
            authorizer(),
            scenario.hasStore() ? store : Store.NONE,
            oracle.ports(),
            random.split()));
  }

  Scenario scenario() {
    return scenario;
  }

  Faults faults() {
    return faults;
  }

  Oracle oracle() {
    return oracle;
  }

  FakeStore store() {
    return store;
  }

  Broker broker() {
    return broker;
  }

  List<FakeLoop> loops() {
    return loops;
  }

  /// The connections that are open at either end.
  List<FakeWire> wires() {
    return wires;
  }

  Trace trace() {
    return trace;
  }

  void trace(String event) {
    trace.add(step + " " + event);
  }

  long step() {
    return step;
  }

  void nextStep() {
    step++;
  }

  // Time.

  long nowMillis() {
    return nowMillis;
  }

  void pass(long millis) {
    nowMillis += millis;
    trace("time passes: " + millis + " ms");
  }

  // Chance.

  int below(int bound) {
    return random.nextInt(bound);
  }

  boolean oneIn(int count) {
    return random.nextInt(count) == 0;
  }

  <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  // Threads.

  /// The loop whose turn it is, or null.
  @Nullable FakeLoop running() {
    return running;
  }

  /// The loop whose turn it is.
  FakeLoop current() {
    FakeLoop loop = running;
    if (loop == null) {
      throw new SimulationFailure("called outside of any loop");
    }
    return loop;
  }

  /// Does something on a loop. Nothing that the broker does may throw into its loop.
  void enter(FakeLoop loop, Runnable task) {
    running = loop;
    oracle.begin();
    try {
      task.run();
      oracle.promises().requireHurried();
    } catch (RuntimeException failure) {
      throw new SimulationFailure("the loop would have died", failure);
    } finally {
      running = null;
    }
  }

  /// Lets the slow authenticator answer one client, if one waits.
  void answer() {
    if (!unanswered.isEmpty()) {
      unanswered.remove(below(unanswered.size())).complete(LET_IN);
    }
  }

  boolean isAnswerDue() {
    return !unanswered.isEmpty();
  }

  private Authenticator authenticator() {
    return new Authenticator() {
      @Override
      public CompletionStage<Verdict> prove(Limits limits, Connect connect) {
        return greet(limits, connect);
      }

      @Override
      public CompletionStage<Verdict> greet(Limits limits, Connect connect) {
        CompletableFuture<Verdict> answer = new CompletableFuture<>();
        if (scenario.slowAuthentication() && oneIn(2)) {
          unanswered.add(answer);
        } else {
          answer.complete(LET_IN);
        }
        return answer;
      }
    };
  }

  private Authorizer authorizer() {
    return (_, clientId, _) ->
        new Permission() {
          @Override
          public boolean mayWrite(TopicName topic) {
            faults.perhaps(clientId, "authorizer");
            return !topic.toString().startsWith("denied");
          }

          @Override
          public boolean mayRead(TopicName topic) {
            return true;
          }

          @Override
          public boolean mightRead(TopicName topic) {
            return true;
          }

          @Override
          public long subscriptionSeconds(TopicFilter filter) {
            faults.perhaps(clientId, "authorizer");
            return filter.toString().startsWith("denied") ? 0 : NO_END;
          }
        };
  }
}
