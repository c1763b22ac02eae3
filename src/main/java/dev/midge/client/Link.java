package dev.midge.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/// A connection to a server, in the one or the other version of MQTT. Its methods return at once
/// and may be called by any thread; futures complete, and messages come, on the thread of the
/// connection, which must not be blocked. Futures fail with a [Refusal] if the server says no, and
/// with an exception of the client library otherwise: [Failures] has words for those.
interface Link {

  /// Connects. To be called once; [Recovery] decides about connecting again.
  CompletableFuture<Reason> connect();

  /// Publishes. Messages leave in the order of the calls.
  ///
  /// @return the answer of the server when it has all that this QoS asks for, an error too; success
  ///   for QoS 0 when it is written to the socket
  CompletableFuture<Reason> publish(Message message);

  /// Hands over all messages that come, in order. To be called before [#connect].
  ///
  /// @param consumer takes a message, which is acknowledged then, and says whether it wants more.
  ///   What comes after is not acknowledged.
  /// @param whenDone runs when the last message that was wanted is acknowledged
  void receive(Predicate<Message> consumer, Runnable whenDone);

  /// Subscribes with one packet.
  ///
  /// @return the answer of the server to each filter
  CompletableFuture<List<Reason>> subscribe(List<String> filters, SubscribeOptions options);

  /// Unsubscribes with one packet.
  CompletableFuture<Reason> unsubscribe(String filter);

  /// Says goodbye, and completes when the connection is closed.
  ///
  /// @param isWithWill whether the server shall publish the will nevertheless (3.14.2.1); MQTT 5.0
  ///   only
  CompletableFuture<Void> disconnect(boolean isWithWill);

  /// The subscription options (3.8.3.1). All but the QoS are of MQTT 5.0 only.
  ///
  /// @param retainHandling 0 to 2
  record SubscribeOptions(int qos, boolean isRetainAsPublished, int retainHandling) {}
}
