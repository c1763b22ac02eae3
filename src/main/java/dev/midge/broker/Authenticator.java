package dev.midge.broker;

import dev.midge.packet.Packet.Connect;
import dev.midge.packet.ReasonCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Decides who a client is. A port.
public interface Authenticator {
  /// Lets everybody in as who they say they are, and nobody where that is to be proved.
  Authenticator EVERYBODY =
      (_, _) ->
          CompletableFuture.completedFuture(
              new Verdict.Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD));

  /// Checks the proof in a CONNECT without an authentication method, where the listener wants one.
  /// The answer comes now or later, on any thread. Must not block.
  CompletionStage<Verdict> prove(Limits limits, Connect connect);

  /// Checks a CONNECT without an authentication method where no proof is wanted, as [#prove].
  default CompletionStage<Verdict> greet(Limits limits, Connect connect) {
    return CompletableFuture.completedFuture(
        new Verdict.Admitted(
            limits.users() == Users.CERTIFIED && connect.userName() != null
                ? Identity.proved(connect.userName())
                : Identity.claimed(connect.userName())));
  }

  /// The method of enhanced authentication with this name, or null. [MQTT-4.12.0-1]
  default @Nullable AuthMethod method(Limits limits, String name) {
    return null;
  }
}
