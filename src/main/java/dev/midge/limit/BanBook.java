package dev.midge.limit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The bans that the operator makes while the server runs, kept in a file: a line for each, with
/// the network, the second of the epoch at which it ends or `ever`, and the reason. Any thread.
public final class BanBook {
  /// How long a reason may be, in characters.
  public static final int REASON_LENGTH_MAX = 200;

  private static final Pattern LINE = Pattern.compile("(\\S+) (\\d{1,12}|ever) (.+)");
  private static final String EVER = "ever";

  private final Path file;
  private final Addresses addresses;
  private final InstantSource clock;
  private final Map<Network, Kept> kept = new LinkedHashMap<>();

  /// @param until null for ever
  private record Kept(@Nullable Instant until, String reason) {}

  /// What became of a ban that was to be made or taken back.
  public enum Outcome {
    DONE,
    /// The file of bans says it, and only that can take it back.
    IN_THE_FILE,
    /// There is no such ban.
    UNKNOWN,
    /// As many are banned as may be.
    TOO_MANY
  }

  /// @param file where bans are kept
  /// @param addresses who is told of them
  public BanBook(Path file, Addresses addresses, InstantSource clock) {
    this.file = file;
    this.addresses = addresses;
    this.clock = clock;
  }

  /// Makes the bans hold that an earlier process kept.
  ///
  /// @throws IOException if they cannot be read, all of them
  public synchronized void open() throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new IOException(file + ":" + number + ": this is no ban. Mend the line or remove it");
      }
      try {
        Instant until =
            matcher.group(2).equals(EVER)
                ? null
                : Instant.ofEpochSecond(Long.parseLong(matcher.group(2)));
        kept.put(Network.of(matcher.group(1)), new Kept(until, matcher.group(3)));
      } catch (IllegalArgumentException e) {
        throw new IOException(file + ":" + number + ": this is no network: " + e.getMessage(), e);
      }
    }
    forgetPast();
    if (!kept.entrySet().stream().allMatch(one -> hold(one.getKey(), one.getValue()))) {
      throw new IOException(
          file + ": these are more bans than the " + Bans.OPERATORS_MAX + " that there may be");
    }
  }

  /// All bans that hold, whoever made them.
  public List<Bans.Entry> all() {
    return addresses.bans().all(addresses.nowNanos());
  }

  /// How long a ban holds yet, in seconds, or -1 for ever.
  public long secondsLeft(Ban ban) {
    return ban.secondsLeft(addresses.nowNanos());
  }

  /// Bans a network at once, and ends its connections.
  ///
  /// @param seconds for how long, or 0 for ever
  /// @throws IOException if the ban, which holds, cannot be kept
  public synchronized Outcome ban(Network network, String reason, long seconds) throws IOException {
    Ban known = addresses.bans().on(network);
    if (known != null && known.by() == Ban.By.FILE) {
      return Outcome.IN_THE_FILE;
    }
    Instant until = seconds == 0 ? null : clock.instant().plusSeconds(seconds);
    Kept wanted = new Kept(until, reason);
    if (!hold(network, wanted)) {
      return Outcome.TOO_MANY;
    }
    kept.put(network, wanted);
    write();
    return Outcome.DONE;
  }

  /// Takes back a ban of the operator or of the server.
  ///
  /// @throws IOException if it cannot be taken out of the file
  public synchronized Outcome pardon(String text) throws IOException {
    Network network = Network.of(text);
    Ban known = addresses.bans().on(network);
    if (known != null && known.by() == Ban.By.FILE) {
      return Outcome.IN_THE_FILE;
    }
    boolean wasKept = kept.remove(network) != null;
    boolean held = addresses.bans().remove(network);
    if (wasKept) {
      write();
    }
    return held ? Outcome.DONE : Outcome.UNKNOWN;
  }

  private boolean hold(Network network, Kept one) {
    long now = addresses.nowNanos();
    long seconds =
        one.until == null
            ? 0
            : Math.max(1, one.until.getEpochSecond() - clock.instant().getEpochSecond());
    return addresses.bans().put(network, Ban.from(now, Ban.By.OPERATOR, one.reason, seconds), now);
  }

  private void forgetPast() {
    Instant now = clock.instant();
    kept.values().removeIf(one -> one.until != null && !one.until.isAfter(now));
  }

  private void write() throws IOException {
    forgetPast();
    List<String> lines = new ArrayList<>();
    kept.forEach((network, one) -> {
      String until = one.until == null ? EVER : Long.toString(one.until.getEpochSecond());
      lines.add(network.text() + " " + until + " " + one.reason);
    });
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.write(temporary, lines);
    force(temporary);
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    force(file.resolveSibling(""));
  }

  /// Waits until what a file, or a folder, holds is on the disk.
  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path)) {
      channel.force(true);
    }
  }
}
