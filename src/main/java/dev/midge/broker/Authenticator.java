package dev.midge.broker;

import dev.midge.packet.Packet.Connect;
import dev.midge.packet.ReasonCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Decides who a client is. A port.
public interface Authenticator {
  /// Lets everybody in as who they say they are.
  Authenticator EVERYBODY = _ -> CompletableFuture.completedFuture(ReasonCode.SUCCESS);

  /// Checks the user name and password of a CONNECT without an authentication method. The answer is
  /// success or the reason for CONNACK, now or later, on any thread. Must not block.
  CompletionStage<ReasonCode> authenticate(Connect connect);

  /// Checks the user name and password of a CONNECT where only those with an account are let in, as
  /// [#authenticate]. Without accounts that is nobody.
  default CompletionStage<ReasonCode> account(Connect connect) {
    return CompletableFuture.completedFuture(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
  }

  /// The method of enhanced authentication with this name, or null. [MQTT-4.12.0-1]
  default @Nullable AuthMethod method(String name) {
    return null;
  }
}
