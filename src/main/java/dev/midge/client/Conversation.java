package dev.midge.client;

import com.hivemq.client.mqtt.MqttClientExecutorConfig;
import io.reactivex.schedulers.Schedulers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A connection from its CONNECT to its end, and the exit status that comes of it. Blocks one
/// thread.
final class Conversation {

  /// The exit statuses of mosquitto that are not return codes of a server.
  static final int FAILED = 1;

  static final int LOST = 7;
  static final int TIMED_OUT = 27;

  private static final int GOODBYE_SECONDS = 5;

  private final Terminal terminal;
  private final boolean isQuiet;
  private final Link link;
  private final CompletableFuture<Integer> end = new CompletableFuture<>();
  private volatile boolean isConnected;
  private volatile boolean isInterrupted;

  /// What a command does with a connection.
  interface Job {

    /// Runs before CONNECT.
    void prepare(Conversation conversation);

    /// Runs when the server has accepted, on the thread of the connection.
    void start(Conversation conversation);
  }

  /// Makes a connection ready, without connecting.
  ///
  /// @param isReconnecting whether to connect again when the connection is lost
  Conversation(
      ConnectSettings settings,
      ConnectionOptions options,
      boolean isReconnecting,
      Terminal terminal) {
    this.terminal = terminal;
    this.isQuiet = options.isQuiet();
    Recovery recovery = new Recovery(isReconnecting, this::error, this::failWith);
    Trace trace = new Trace(options.isDebug(), settings.clientId(), terminal.out());
    // All runs on the one thread of the connection: fewer threads start faster.
    MqttClientExecutorConfig executor =
        MqttClientExecutorConfig.builder()
            .nettyThreads(1)
            .applicationScheduler(Schedulers.trampoline())
            .build();
    link =
        settings.isVersion5()
            ? new Link5(settings, executor, recovery, trace)
            : new Link3(settings, executor, recovery, trace);
  }

  /// Connects, does the job, and disconnects.
  ///
  /// @param timeoutSeconds how long that may take, 0 for ever
  /// @param interruptedStatus the status if the process is told to end
  /// @return the exit status
  int run(Job job, int timeoutSeconds, int interruptedStatus) {
    Interruption interruption =
        new Interruption(() -> {
          isInterrupted = true;
          end.complete(interruptedStatus);
        });
    int status = FAILED;
    try {
      job.prepare(this);
      var _ =
          link.connect()
              .whenComplete((_, failure) -> {
                if (failure != null) {
                  failWith(failure);
                } else {
                  isConnected = true;
                  job.start(this);
                }
              });
      status = await(timeoutSeconds);
      sayGoodbye(status == TIMED_OUT || isInterrupted);
    } finally {
      terminal.out().flush();
      interruption.ended(status);
    }
    return status;
  }

  /// The connection.
  Link link() {
    return link;
  }

  /// Ends with this status.
  void endWith(int status) {
    end.complete(status);
  }

  /// Ends with a failure, the first of which counts.
  void failWith(Throwable failure) {
    end.completeExceptionally(Failures.unwrap(failure));
  }

  /// Waits a while.
  ///
  /// @return whether it is over before that
  boolean isOverWithin(long millis) throws InterruptedException {
    try {
      end.get(millis, TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException e) {
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /// Prints an error, unless the user wants none.
  void error(String line) {
    if (!isQuiet) {
      terminal.err().println(line);
    }
  }

  private int await(int timeoutSeconds) {
    try {
      return timeoutSeconds == 0 ? end.get() : end.get(timeoutSeconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      error("Timed out");
      return TIMED_OUT;
    } catch (ExecutionException e) {
      Throwable failure = Failures.unwrap(e);
      error(Failures.describe(failure));
      return failure instanceof Refusal refusal
          ? refusal.reason().code()
          : isConnected ? LOST : FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    }
  }

  private void sayGoodbye(boolean isWithWill) {
    if (!isConnected || end.isCompletedExceptionally()) {
      return;
    }
    try {
      link.disconnect(isWithWill).get(GOODBYE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return; // Who is gone already needs no goodbye.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
