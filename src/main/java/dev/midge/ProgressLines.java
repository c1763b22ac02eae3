package dev.midge;

import dev.midge.store.StoreFolder;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;

/// Tells how far something is that lasts: a line on standard error every two seconds.
final class ProgressLines implements StoreFolder.Progress {
  private static final long EVERY_MILLIS = 2000;

  private final CommandSpec spec;
  private long toldMillis = System.currentTimeMillis();

  ProgressLines(CommandSpec spec) {
    this.spec = spec;
  }

  @Override
  public void at(long done, long about) {
    long nowMillis = System.currentTimeMillis();
    if (nowMillis - toldMillis >= EVERY_MILLIS) {
      toldMillis = nowMillis;
      PrintWriter err = spec.commandLine().getErr();
      err.printf("%,d of about %,d%n", done, about);
      err.flush();
    }
  }
}
