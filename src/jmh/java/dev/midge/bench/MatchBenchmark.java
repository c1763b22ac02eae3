package dev.midge.bench;

import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import dev.midge.topic.Match;
import dev.midge.topic.MatchCache;
import dev.midge.topic.Subscriber;
import dev.midge.topic.Subscription;
import dev.midge.topic.SubscriptionIndex;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Who gets a message: among 10 or 200,000 filters, of which a tenth has `+` and a tenth `#`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MatchBenchmark {
  @Param({"10", "200000"})
  private int filters;

  private final SubscriptionIndex index = new SubscriptionIndex(1);
  private final MatchCache cache = new MatchCache(index);
  private TopicName[] topics;
  private int turn;

  /// Subscribes.
  @Setup
  public void prepare() {
    topics = new TopicName[filters];
    for (int n = 0; n < filters; n++) {
      String stem = "load/" + n / 1000 + "/" + n % 1000 + "/";
      String last =
          switch (n % 10) {
            case 4 -> "+";
            case 9 -> "#";
            default -> "value";
          };
      Subscription subscription = new Subscription(new Nobody(), QoS.AT_MOST_ONCE, false, false, 0);
      index.subscribe(TopicFilter.of(stem + last), subscription, null);
      topics[n] = TopicName.of(stem + "value");
    }
  }

  /// The topic that was asked for last.
  @Benchmark
  public Match cached() {
    return cache.match(topics[0]);
  }

  /// A topic whose filter has no wildcard, not cached.
  @Benchmark
  public Match exact() {
    return index.match(topics[next()]);
  }

  /// A topic whose filter ends with a wildcard, not cached.
  @Benchmark
  public Match wildcard() {
    return index.match(topics[next() + 4]);
  }

  /// All topics in turn, through the cache.
  @Benchmark
  public Match inTurn() {
    turn = turn + 1 == filters ? 0 : turn + 1;
    return cache.match(topics[turn]);
  }

  private int next() {
    turn = turn + 10 >= filters ? 0 : turn + 10;
    return turn;
  }

  private record Nobody() implements Subscriber {
    @Override
    public int homeLoop() {
      return 0;
    }

    @Override
    public Readiness readiness() {
      return Readiness.READY;
    }
  }
}
