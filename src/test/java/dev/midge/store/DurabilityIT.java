package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.AtLeastOnce;
import dev.midge.kit.RawClient;
import dev.midge.kit.WirePacket;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What clients of one listener get who ask for less durability than it has, when the server is
/// killed; and how often it syncs for that, as the system sees it.
class DurabilityIT {
  private static final int MESSAGES = 100;
  private static final int START_SECONDS = 60;
  private static final List<String> LEVELS = List.of("none", "os", "disk");

  @TempDir private Path folder;

  @Test
  void aSessionIsAsDurableAsItsClientAsks() throws Exception {
    ServerProcess.requireTracing();
    Path trace = folder.resolve("trace");
    Map<String, Long> syncs = new TreeMap<>();
    try (ServerProcess server = new ServerProcess(folder, folder.resolve("data"), "-o " + trace)) {
      server.start();
      for (String level : LEVELS) {
        try (RawClient client = await(server)) {
          expectSession(client, level, false);
          client.send("82 ( 0001 ( ) \"%s\" 01 )".formatted(level));
          assertThat(client.expectType(WirePacket.SUBACK).reasons()).containsExactly(1);
          client.leave();
        }
        long before = count(trace);
        AtLeastOnce.publish(server.port(), 0, level, texts());
        syncs.put(level, count(trace) - before);
      }
      assertThat(syncs.get("disk")).as("one before each PUBACK").isGreaterThanOrEqualTo(MESSAGES);
      assertThat(syncs.get("os")).isLessThan(MESSAGES / 2);
      assertThat(syncs.get("none")).isLessThan(MESSAGES / 2);

      server.kill();
      server.start();

      for (String level : LEVELS) {
        boolean isKept = !level.equals("none");
        try (RawClient client = await(server)) {
          expectSession(client, level, isKept);
          if (isKept) {
            assertThat(AtLeastOnce.take(client, MESSAGES)).isEqualTo(texts());
          }
          client.expectNothing();
        }
      }
    }
  }

  private static List<String> texts() {
    return IntStream.range(0, MESSAGES).mapToObj(i -> "message " + i).toList();
  }

  private static void expectSession(RawClient client, String level, boolean isPresent) {
    String properties = "11 ffffffff 26 \"midge-durability\" \"%s\"".formatted(level);
    client.send(RawClient.connect(5, 0x00, properties, level));
    assertThat(client.expectType(WirePacket.CONNACK).sessionPresent())
        .as("session at %s", level)
        .isEqualTo(isPresent);
  }

  /// A connection to the server, as soon as it takes some.
  private static RawClient await(ServerProcess server) {
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try {
        return RawClient.open(server.port()).speak(5);
      } catch (UncheckedIOException e) {
        if (System.nanoTime() > endNanos) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  /// How often the server has synced a file.
  private static long count(Path trace) throws Exception {
    try (Stream<String> lines = Files.lines(trace)) {
      return lines.filter(line -> line.contains("sync(")).count();
    }
  }
}
