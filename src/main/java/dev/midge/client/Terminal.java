package dev.midge.client;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Where a command reads from and prints to: bytes, in UTF-8 where they are text.
///
/// @param out flushed by who prints, message by message
record Terminal(InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {

  /// The streams and the environment of this process.
  static Terminal ofProcess() {
    return new Terminal(
        new FileInputStream(FileDescriptor.in),
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)),
            false,
            StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        System.getenv());
  }
}
