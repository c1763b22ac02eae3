package dev.midge.broker;

import dev.midge.packet.Message;
import dev.midge.packet.Properties;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.QoS;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import dev.midge.topic.RetainedIndex;
import dev.midge.topic.Subscription;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the operator sees of sessions and retained messages, and does to them, while all goes on.
/// Any thread: what belongs to a client is read and done on its home loop, in steps that are short
/// however many clients there are.
public final class Inspection {
  private final Broker broker;
  private final List<BrokerLoop> loops;

  /// A session as it is at a moment.
  ///
  /// @param visit its connection, or null while there is none
  /// @param listener the name of the listener that the client came to last
  /// @param durability what it outlives, if it outlives its connection
  /// @param expirySeconds for how long it outlives its connection
  /// @param hasWill whether a will is still to be published or withdrawn
  /// @param queuedMessages how many messages wait for the client
  /// @param inflightMessages how many it has not acknowledged
  /// @param waitingBytes the memory that both take, wherever they are kept
  public record SessionFigures(
      String clientId,
      @Nullable Visit visit,
      String listener,
      Durability durability,
      long expirySeconds,
      boolean hasWill,
      int subscriptions,
      int queuedMessages,
      int inflightMessages,
      long waitingBytes) {}

  /// A connection.
  ///
  /// @param userName the user name that the client claims or has proved, or an empty string
  /// @param remoteAddress where it is, as text for people
  public record Visit(String userName, String remoteAddress, ProtocolVersion version) {}

  /// A subscription, as it was asked for.
  ///
  /// @param identifier the subscription identifier, or 0
  public record SubscriptionFigures(
      TopicFilter filter, QoS qos, boolean noLocal, boolean retainAsPublished, int identifier) {}

  Inspection(Broker broker, List<BrokerLoop> loops) {
    this.broker = broker;
    this.loops = loops;
  }

  /// The identifiers of all clients that have a session, in no order.
  ///
  /// @param connected whether only those that are connected
  public CompletableFuture<List<String>> clientIds(boolean connected) {
    return gathered(
        loops,
        loop ->
            loop.clients().stream()
                .filter(client -> !connected || client.connection() != null)
                .map(client -> client.session().clientId())
                .toList());
  }

  /// The sessions of these clients, of those that have one, in no order.
  public CompletableFuture<List<SessionFigures>> sessions(Collection<String> clientIds) {
    Map<BrokerLoop, List<String>> byHome = new HashMap<>();
    for (String clientId : clientIds) {
      byHome.computeIfAbsent(broker.homeOf(clientId), _ -> new ArrayList<>()).add(clientId);
    }
    return gathered(
        byHome.keySet(),
        loop ->
            byHome.getOrDefault(loop, List.of()).stream()
                .flatMap(clientId -> Stream.ofNullable(loop.client(clientId)))
                .map(Inspection::figures)
                .toList());
  }

  /// What there is to say of a client. Home loop only.
  static SessionFigures figures(Client client) {
    Connection connection = client.connection();
    return new SessionFigures(
        client.session().clientId(),
        connection == null
            ? null
            : new Visit(connection.userName(), connection.remoteAddress(), connection.spoken()),
        client.limits().listener(),
        client.durability(),
        client.session().expirySeconds(),
        client.session().will() != null,
        client.session().subscriptions().size(),
        client.session().queue().count(),
        client.session().inflight().count(),
        client.session().queue().bytes() + client.session().inflight().bytes());
  }

  /// The subscriptions of a client, in no order; those of one without a session are none.
  public CompletableFuture<List<SubscriptionFigures>> subscriptions(String clientId) {
    return gathered(
        List.of(broker.homeOf(clientId)),
        loop -> {
          Client client = loop.client(clientId);
          return client == null
              ? List.of()
              : client.session().subscriptions().entrySet().stream()
                  .map(each -> figures(each.getKey(), each.getValue()))
                  .toList();
        });
  }

  private static SubscriptionFigures figures(TopicFilter filter, Subscription subscription) {
    int[] identifiers = subscription.identifiers();
    return new SubscriptionFigures(
        filter,
        subscription.qos(),
        subscription.forOwnMessages() == null,
        subscription.retainAsPublished(),
        identifiers.length == 0 ? 0 : identifiers[0]);
  }

  /// Ends the connection of a client; its session stays for as long as it was to stay.
  ///
  /// @param why what the client is told, if it speaks 5.0
  /// @return whether there was one
  public CompletableFuture<Boolean> disconnect(String clientId, String why) {
    return on(broker.homeOf(clientId), loop -> disconnect(loop.client(clientId), why));
  }

  private static boolean disconnect(@Nullable Client client, String why) {
    Connection connection = client == null ? null : client.connection();
    if (connection == null) {
      return false;
    }
    connection.disconnect(ReasonCode.ADMINISTRATIVE_ACTION, why);
    return true;
  }

  /// Ends the session of a client, and its connection if it has one. Its will, if it is still to
  /// come, comes now. [MQTT-3.1.2-8]
  ///
  /// @return whether there was one
  public CompletableFuture<Boolean> endSession(String clientId, String why) {
    return on(
        broker.homeOf(clientId),
        loop -> {
          boolean wasConnected = disconnect(loop.client(clientId), why);
          Client client = loop.client(clientId);
          if (client != null) {
            loop.departures().endSession(client);
          }
          return wasConnected || client != null;
        });
  }

  /// Hands on all retained messages that match the filter. The caller waits, and no loop does.
  public void retained(TopicFilter filter, Consumer<Message> each) {
    RetainedIndex.Cursor cursor = broker.retained().cursor(filter);
    while (!cursor.isDone()) {
      Message message = cursor.next(loops.getFirst().nowMillis());
      if (message != null) {
        each.accept(message);
      }
    }
  }

  /// Forgets the retained messages of these topics, as if each were cleared by a client; nobody is
  /// told. [MQTT-3.3.1-6]
  public CompletableFuture<Void> clearRetained(Collection<TopicName> topics) {
    return on(
            loops.getFirst(),
            loop -> {
              topics.forEach(
                  topic -> loop.router().retain(empty(topic), Shares.SERVER, Durability.NONE));
              return true;
            })
        .thenApply(_ -> null);
  }

  private static Message empty(TopicName topic) {
    return new Message(
        topic, new byte[0], QoS.AT_MOST_ONCE, true, Properties.NONE, Message.NEVER, "");
  }

  private static <T> CompletableFuture<List<T>> gathered(
      Collection<BrokerLoop> loops, Function<BrokerLoop, List<T>> question) {
    List<CompletableFuture<List<T>>> answers =
        loops.stream().map(loop -> on(loop, question)).toList();
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .thenApply(_ -> answers.stream().flatMap(answer -> answer.join().stream()).toList());
  }

  private static <T> CompletableFuture<T> on(BrokerLoop loop, Function<BrokerLoop, T> question) {
    return CompletableFuture.supplyAsync(() -> question.apply(loop), loop::execute);
  }
}
