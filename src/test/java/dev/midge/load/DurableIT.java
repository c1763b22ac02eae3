package dev.midge.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// `midge loadtest durable` as it is run, in small.
class DurableIT {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int durable(String... arguments) {
    return new CommandLine(new LoadtestCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void allThatIsMeasuredArrives() {
    assertThat(
            durable(
                "durable",
                "--small",
                "--brokers",
                "midge,midge-none",
                "--folder",
                folder.toString()))
        .as(out.toString() + err)
        .isZero();
    assertThat(out.toString())
        .contains("SIGKILL: first CONNACK, ms", "one publisher: PUBACK after, median, ms")
        .containsPattern("steady +lost, twice, disordered or broken +midge +0.000");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aBrokerThatIsNotKnownIsToldInOneLine() {
    assertThat(durable("durable", "--brokers", "other", "--folder", folder.toString())).isOne();
    assertThat(err.toString()).contains("'other'").hasLineCount(1);
  }
}
