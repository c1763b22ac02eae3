package dev.midge.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A script that runs clients of another language, all of a test run in one process: it is told
/// what to do by a [Form] per line, answers each, and tells what the clients receive. It ends when
/// this process does. Any thread.
final class Script {
  private final Writer to;
  private final Map<String, CompletableFuture<Form>> questions = new ConcurrentHashMap<>();
  private final Map<String, Consumer<Form>> listeners = new ConcurrentHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile boolean ended;

  private Script(Process process) {
    this.to = process.outputWriter(UTF_8);
    Thread.ofPlatform().daemon().name("script").start(() -> read(process.inputReader(UTF_8)));
  }

  /// Starts a script.
  ///
  /// @param log where to write what it complains about
  static Script start(Path log, List<String> command) {
    try {
      return new Script(new ProcessBuilder(command).redirectError(log.toFile()).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Has the script do something for a client; what it answers comes later.
  CompletableFuture<Form> ask(String peer, Form question) {
    String id = Integer.toString(asked.incrementAndGet());
    CompletableFuture<Form> answer = new CompletableFuture<>();
    questions.put(id, answer);
    if (ended) {
      fail(answer);
    }
    question.put("id", id).put("peer", peer);
    try {
      synchronized (to) {
        to.write(question + "\n");
        to.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return answer;
  }

  /// Has this called with everything that happens to a client, one after the other.
  void listen(String peer, Consumer<Form> listener) {
    listeners.put(peer, listener);
  }

  /// The opposite.
  void forget(String peer) {
    listeners.remove(peer);
  }

  private static void fail(CompletableFuture<Form> answer) {
    answer.completeExceptionally(new IllegalStateException("the script has ended; see its log"));
  }

  private void read(BufferedReader from) {
    from.lines()
        .map(Form::parse)
        .forEach(form -> {
          CompletableFuture<Form> answer = questions.remove(form.text("id"));
          if (answer != null) {
            answer.complete(form);
          } else {
            listeners.getOrDefault(form.text("peer"), _ -> {}).accept(form);
          }
        });
    ended = true;
    questions.values().forEach(Script::fail);
  }
}
