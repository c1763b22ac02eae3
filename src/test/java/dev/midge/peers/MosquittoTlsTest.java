package dev.midge.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.certs.Certificates;
import dev.midge.certs.ClientCertificates;
import dev.midge.certs.Credential;
import dev.midge.certs.RecipeFiles;
import dev.midge.kit.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `mosquitto_pub` and `mosquitto_sub` over TLS, with a certificate of their own and without.
class MosquittoTlsTest {

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"tlsv1.2", "tlsv1.3"})
  void megabytesComeAndGo(String version) throws Exception {
    String text = "0123456789abcdef".repeat(1 << 16);
    Path file = Files.writeString(folder.resolve("large"), text);

    assertThat(pub("tls", "--tls-version", version, "-q", "1", "-r", "-f", file.toString()))
        .isZero();

    try (Command sub = start("mosquitto_sub", "tls", "--tls-version", version, "-C", "1")) {
      assertThat(sub.next()).isEqualTo(text);
      assertThat(sub.status()).isZero();
    }
  }

  @Test
  void anExpiredCertificateIsRefused() throws Exception {
    assertThat(pub("tls-expired", "-m", "x")).isNotZero();
  }

  @Test
  void onlyWithACertificateOfOursIsAClientLetIn() throws Exception {
    ClientCertificates authority =
        new Certificates(SERVER.caFile().resolveSibling(""), RecipeFiles.load(Path.of("certs")), "")
            .clients("intermediate");
    Credential own = authority.make("mosquitto", 1);
    Path key = Files.writeString(folder.resolve("own.key"), own.keyPem());
    Path chain = Files.writeString(folder.resolve("own.crt"), own.chainPem());
    String[] words = {"-m", "x", "-q", "1", "--cert", chain.toString(), "--key", key.toString()};

    assertThat(pub("tls-client-certificate", words)).isZero();
    assertThat(pub("tls-client-certificate", "-m", "x", "-q", "1")).isNotZero();
    authority.revoke(own.certificate());
    assertThat(pub("tls-client-certificate", words)).isNotZero();
  }

  private static int pub(String listener, String... words) throws Exception {
    try (Command pub = start("mosquitto_pub", listener, words)) {
      return pub.status();
    }
  }

  private static Command start(String program, String listener, String... words) {
    Mosquitto.require();
    List<String> all = new ArrayList<>(List.of(program, "-h", "localhost", "-t", "secret"));
    all.addAll(List.of("-p", "" + SERVER.port(listener)));
    all.addAll(List.of("--cafile", SERVER.caFile().toString()));
    all.addAll(List.of(words));
    return Command.start(all);
  }
}
