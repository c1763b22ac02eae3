package dev.midge.probe;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Looks at listeners, some at a time. One round at a time.
public final class Prober {
  private static final int ROUND_MINUTES_MAX = 5;
  private static final NameLookup NOWHERE = new NameLookup(List.of(), List.of());

  private final OwnConnections own;
  private final Random random;
  private final int atATime;

  /// @param own who is told of its connections
  /// @param random for names that nobody else has
  /// @param atATime how many listeners are looked at at once
  public Prober(OwnConnections own, Random random, int atATime) {
    this.own = own;
    this.random = random;
    this.atATime = atATime;
  }

  /// Looks at each listener through each of its addresses, after asking once for each host that is
  /// given by name. One that is not as it promised is looked at once more before that is told.
  ///
  /// @return in the order of the listeners
  public List<ProbeResult> round(List<ProbeTarget> targets) {
    Map<String, NameLookup> lookups = lookUp(targets);
    Semaphore places = new Semaphore(atATime);
    List<Future<ProbeResult>> looks = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (ProbeTarget target : targets) {
        NameLookup lookup =
            target.addresses().isEmpty()
                ? lookups.getOrDefault(target.host(), NOWHERE)
                : new NameLookup(target.addresses(), List.of());
        for (InetAddress address : lookup.addresses()) {
          looks.add(threads.submit(() -> look(target, address, places).after(lookup.steps())));
        }
        if (lookup.addresses().isEmpty()) {
          looks.add(CompletableFuture.completedFuture(ProbeResult.unknown(target)));
        }
      }
      end(threads);
    }
    return looks.stream().map(Future::resultNow).toList();
  }

  /// Where the hosts are that are given by name.
  private static Map<String, NameLookup> lookUp(List<ProbeTarget> targets) {
    Map<String, Future<NameLookup>> lookups = new HashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (ProbeTarget target : targets) {
        if (target.addresses().isEmpty()) {
          lookups.computeIfAbsent(target.host(), host -> threads.submit(() -> NameLookup.of(host)));
        }
      }
    }
    Map<String, NameLookup> found = new HashMap<>();
    lookups.forEach((host, lookup) -> found.put(host, lookup.resultNow()));
    return found;
  }

  /// Waits for all looks, but not for a server that says a byte now and then.
  private static void end(ExecutorService threads) {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(ROUND_MINUTES_MAX, TimeUnit.MINUTES)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private ProbeResult look(ProbeTarget target, InetAddress address, Semaphore places) {
    try {
      places.acquire();
    } catch (InterruptedException e) {
      return ProbeResult.of(target, address, List.of(), "others took too long");
    }
    try {
      ProbeResult first = new ListenerProbe(target, address, own, random).look();
      return first.isGood() ? first : new ListenerProbe(target, address, own, random).look();
    } finally {
      places.release();
    }
  }
}
