package dev.midge.spec;

import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import dev.midge.packet.ReasonCode;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A client that says all it has to say, waits for no answer and is gone: 3.1.2.5 and 3.14.4.
final class HurriedClientTest {
  private static final Queue<CompletableFuture<ReasonCode>> ASKED = new ConcurrentLinkedQueue<>();

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .authenticating(connect -> {
            CompletableFuture<ReasonCode> answer = new CompletableFuture<>();
            if (connect.clientId().startsWith("hurried")) {
              ASKED.add(answer);
            } else {
              answer.complete(ReasonCode.SUCCESS);
            }
            return answer;
          });

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement("MQTT-3.14.4-3")
  void isHeardAlthoughItIsLetInOnlyThen(int version) {
    int clients = 20; // On whatever loop they are accepted, and at home.
    try (RawClient witness = RawClient.connected(SERVER.port(), 4, "witness")) {
      witness.send("82 ( 0001 \"hurried\" 00 \"will\" 00 )").expectType(WirePacket.SUBACK);
      for (int i = 0; i < clients; i++) {
        String connect = RawClient.connect(version, 0x06, "", "hurried-" + i);
        try (RawClient client = RawClient.open(SERVER.port())) {
          client.send(
              connect.substring(0, connect.length() - 1)
                  + (version == 5 ? "( ) \"will\" 0000 ) " : "\"will\" 0000 ) ")
                  + (version == 5 ? "30 ( \"hurried\" ( ) ) " : "30 ( \"hurried\" ) ")
                  + "e0 00");
        }
      }
      for (int answered = 0; answered < clients; ) {
        witness.expectNothing();
        CompletableFuture<ReasonCode> answer = ASKED.poll();
        if (answer != null) {
          answer.complete(ReasonCode.SUCCESS);
          witness.expect("30 ( \"hurried\" )");
          answered++;
        }
      }
      witness.expectNothing();
    }
  }
}
