package dev.midge.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/// OpenSSL, as people use it.
public final class Openssl {
  private Openssl() {}

  /// What it says, errors included.
  ///
  /// @param options its options; each word is one
  public static String run(String options) throws IOException {
    return run("", options);
  }

  /// The same, with something to read.
  public static String run(String input, String options) throws IOException {
    List<String> command =
        Stream.concat(Stream.of("openssl"), Stream.of(options.split(" ", -1))).toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var to = process.outputWriter(UTF_8)) {
      to.write(input);
    }
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }
}
