package dev.midge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What `midge certs` answers on the command line.
class CertsCommandTest {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void aFileThatIsNoRequestIsToldInOneLine() throws Exception {
    Path file = Files.writeString(folder.resolve("a.csr"), "hello");

    assertThat(run("sign", file.toString())).isEqualTo(2);
    assertThat(err.toString()).startsWith("This is no certificate request").hasLineCount(1);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aFileThatIsNotThereIsToldInOneLine() {
    String file = folder.resolve("none").toString();

    assertThat(run("sign", file)).isEqualTo(1);
    assertThat(err.toString()).contains(file).hasLineCount(1);
  }

  @Test
  void anAuthorityThatIsNotThereIsToldWithThoseThatAre() {
    assertThat(run("client", "board-1", "--authority", "localhost")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo(
            "--authority: there are these only: ca, ca-rsa, intermediate, intermediate-rsa."
                + System.lineSeparator());
  }

  @Test
  void aNameThatIsAPathIsRefused() {
    assertThat(run("client", "../board-1")).isEqualTo(2);
    assertThat(err.toString()).contains("letters, digits");
  }

  @Test
  void whatTheAuthorityDidNotSignCannotBeRevoked() {
    Path data = folder.resolve("data/certs/ca.crt");
    assertThat(run("sign", folder.resolve("none").toString())).isEqualTo(1); // Makes the root.

    assertThat(run("revoke", data.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("not one of this authority");
  }

  @Test
  void aNewRootTakesThePlaceOfTheFormerAndIsNamed() throws Exception {
    assertThat(run("sign", folder.resolve("none").toString())).isEqualTo(1); // Makes the root.
    Path root = folder.resolve("data/certs/ca.crt");
    String former = Files.readString(root);

    assertThat(run("rotate", "--overlap-days", "30")).isZero();

    assertThat(out.toString()).isEqualTo("Clients are to trust " + root + System.lineSeparator());
    assertThat(Files.readString(root)).isNotEqualTo(former);
    assertThat(Files.readString(root.resolveSibling("ca-former.crt"))).isEqualTo(former);
    assertThat(run("rotate", "--overlap-days", "-1")).isEqualTo(2);
  }

  private int run(String... arguments) {
    CommandLine command = new CommandLine(new CertsCommand());
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--data";
    all[arguments.length + 1] = folder.resolve("data").toString();
    return command.execute(all);
  }
}
