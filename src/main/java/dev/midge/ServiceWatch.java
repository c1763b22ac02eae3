package dev.midge;

import dev.midge.listener.ServiceSocket;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Tells systemd, if it supervises the process, that the server has started, that it stops, and as
/// often as is asked for that it works: a server that says no more is ended and started anew.
final class ServiceWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger("dev.midge.server");

  private final @Nullable ServiceSocket socket;
  private final Rounds rounds = new Rounds("service-watch");

  private ServiceWatch(@Nullable ServiceSocket socket) {
    this.socket = socket;
  }

  /// Says that the server has started, and begins to say that it works.
  ///
  /// @param environment that of the process: NOTIFY_SOCKET says where to tell, WATCHDOG_USEC within
  ///   how many microseconds each time
  /// @param works whether it does
  static ServiceWatch start(Map<String, String> environment, BooleanSupplier works) {
    ServiceWatch watch =
        new ServiceWatch(
            Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
                .flatMap(ServiceSocket::open)
                .orElse(null));
    if (watch.socket != null) {
      watch.tell("READY=1");
      long withinMicros = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0"));
      if (withinMicros > 0) {
        int seconds = (int) Math.max(1, TimeUnit.MICROSECONDS.toSeconds(withinMicros) / 3);
        watch.rounds.every(seconds, "tell systemd that it works", () -> watch.tellIf(works));
      }
    }
    return watch;
  }

  private void tellIf(BooleanSupplier works) {
    if (works.getAsBoolean()) {
      tell("WATCHDOG=1");
    }
  }

  private void tell(String state) {
    if (socket != null) {
      try {
        socket.tell(state);
      } catch (IOException e) {
        LOG.warnf("systemd could not be told %s: %s", state, e.getMessage());
      }
    }
  }

  /// Says that the server stops, and nothing more.
  @Override
  public void close() {
    rounds.close();
    tell("STOPPING=1");
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      LOG.debug("the socket of systemd was not closed", e);
    }
  }
}
