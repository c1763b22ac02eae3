package dev.midge.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.TestServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The accounts by mosquitto_pub and mosquitto_sub, on the ports that those reach; they speak no
/// WebSocket.
final class MosquittoAccountTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  @ParameterizedTest
  @CsvSource({
    "plain-auth, mqttv31",
    "plain-auth, mqttv311",
    "plain-auth, mqttv5",
    "tls-auth, mqttv311",
    "tls-auth, mqttv5",
  })
  void whoMayWriteReachesWhoMayRead(String listener, String version) throws Exception {
    String[] retained = {"-t", "account", "-m", listener + version, "-q", "1", "-r"};
    assertThat(pub(listener, version, "wo", "writeonly", retained)).isZero();
    assertThat(pub(listener, version, "wo", "wrong", retained)).isNotZero();
    assertThat(pub(listener, version, "", "", retained)).isNotZero();
    try (Command sub =
        start("mosquitto_sub", listener, version, "ro", "readonly", "-t", "account", "-C", "1")) {
      assertThat(sub.next()).isEqualTo(listener + version);
      assertThat(sub.status()).isZero();
    }
  }

  private static int pub(
      String listener, String version, String name, String password, String... words)
      throws Exception {
    try (Command pub = start("mosquitto_pub", listener, version, name, password, words)) {
      return pub.status();
    }
  }

  private static Command start(
      String program,
      String listener,
      String version,
      String name,
      String password,
      String... words) {
    Mosquitto.require();
    List<String> all = new ArrayList<>(List.of(program, "-h", "localhost", "-V", version));
    all.addAll(List.of("-p", "" + SERVER.port(listener)));
    if (listener.startsWith("tls")) {
      all.addAll(List.of("--cafile", SERVER.caFile().toString()));
    }
    if (!name.isEmpty()) {
      all.addAll(List.of("-u", name, "-P", password));
    }
    all.addAll(List.of(words));
    return Command.start(all);
  }
}
