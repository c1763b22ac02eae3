package dev.midge.client;

import com.hivemq.client.mqtt.datatypes.MqttTopic;
import com.hivemq.client.mqtt.datatypes.MqttTopicFilter;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Subscribes, and prints what comes until there is enough of it. Works on the thread of the
/// connection.
final class Subscriber implements Conversation.Job {

  private final Wish wish;
  private final Printing printing;
  private final Terminal terminal;
  private CompletableFuture<Void> clearing = CompletableFuture.completedFuture(null);
  private int printed;

  /// What to subscribe to, and which messages count.
  ///
  /// @param messagesMax how many messages to print before the end, 0 for any number
  /// @param isOverAfterSubscribing whether to end when all filters are acknowledged
  /// @param isClearing whether to clear retained messages that come
  record Wish(
      List<String> filters,
      List<String> unwantedFilters,
      List<MqttTopicFilter> hidden,
      Link.SubscribeOptions options,
      int messagesMax,
      boolean isOverAfterSubscribing,
      boolean isWithoutRetained,
      boolean isRetainedOnly,
      boolean isClearing) {}

  /// How to print.
  ///
  /// @param format null for the payload alone
  /// @param percent how many messages of a hundred are printed, by chance
  record Printing(
      @Nullable OutputFormat format,
      boolean isVerbose,
      boolean hasLineEnds,
      boolean isPretty,
      double percent) {}

  /// Is to subscribe to what is wished, and to print it.
  Subscriber(Wish wish, Printing printing, Terminal terminal) {
    this.wish = wish;
    this.printing = printing;
    this.terminal = terminal;
  }

  @Override
  public void prepare(Conversation conversation) {
    conversation
        .link()
        .receive(
            message -> take(message, conversation),
            () -> {
              var _ = clearing.whenComplete((_, _) -> conversation.endWith(0));
            });
  }

  @Override
  public void start(Conversation conversation) {
    CompletableFuture<?> asked = CompletableFuture.completedFuture(null);
    if (!wish.filters().isEmpty()) {
      asked =
          conversation
              .link()
              .subscribe(wish.filters(), wish.options())
              .thenAccept(reasons -> check(reasons, conversation));
    }
    for (String filter : wish.unwantedFilters()) {
      asked = CompletableFuture.allOf(asked, conversation.link().unsubscribe(filter));
    }
    var _ =
        asked.whenComplete((_, failure) -> {
          if (failure != null) {
            conversation.failWith(failure);
          } else if (wish.isOverAfterSubscribing()) {
            conversation.endWith(0);
          }
        });
  }

  private void check(List<Reason> reasons, Conversation conversation) {
    if (reasons.stream().allMatch(Reason::isError)) {
      conversation.error("All subscription requests were denied.");
      conversation.endWith(Conversation.FAILED);
      return;
    }
    for (int i = 0; i < reasons.size(); i++) {
      if (reasons.get(i).isError()) {
        conversation.error(
            "Warning: Subscription to "
                + wish.filters().get(i)
                + " was denied: "
                + reasons.get(i).describe()
                + ".");
      }
    }
  }

  /// Prints a message if it is wanted.
  ///
  /// @return whether more are wanted
  private boolean take(Message message, Conversation conversation) {
    if (wish.isRetainedOnly() && !message.isRetained()) {
      return false;
    }
    MqttTopic topic = MqttTopic.of(message.topic());
    if (wish.hidden().stream().anyMatch(filter -> filter.matches(topic))) {
      return true;
    }
    if (wish.isClearing() && message.isRetained()) {
      var nothing = new Message(message.topic(), new byte[0], 1, true, Message.Properties.NONE);
      clearing = CompletableFuture.allOf(clearing, conversation.link().publish(nothing));
    }
    if (message.isRetained() && wish.isWithoutRetained()) {
      return true;
    }
    if (ThreadLocalRandom.current().nextDouble(100) < printing.percent()) {
      print(message);
    }
    printed++;
    // A terminal that takes no more is the end, too.
    return !terminal.out().checkError() && printed != wish.messagesMax();
  }

  private void print(Message message) {
    String lineEnd = printing.hasLineEnds() ? "\n" : "";
    if (printing.format() != null) {
      printing
          .format()
          .print(message, ZonedDateTime.now(ZoneId.systemDefault()), printing.isPretty(), terminal);
      terminal.out().print(lineEnd);
    } else if (message.payload().length > 0) {
      if (printing.isVerbose()) {
        terminal.out().print(message.topic() + " ");
      }
      terminal.out().write(message.payload(), 0, message.payload().length);
      terminal.out().print(lineEnd);
    } else if (printing.isVerbose() && printing.hasLineEnds()) {
      terminal.out().print(message.topic() + " (null)\n");
    }
  }
}
