package dev.midge.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A client that lives in a [Script].
final class ScriptPeer implements Peer {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Script script;
  private final Transport transport;
  private final int port;
  private final int version;
  private final Inbox inbox;
  private final String name = "peer" + COUNT.incrementAndGet();

  ScriptPeer(Script script, Transport transport, int port, int version, Inbox inbox) {
    this.script = script;
    this.transport = transport;
    this.port = port;
    this.version = version;
    this.inbox = inbox;
    script.listen(name, this::receive);
  }

  private void receive(Form event) {
    if (event.text("event").equals("closed")) {
      inbox.closed((int) event.number("reason"));
    } else {
      inbox.add(post(event));
    }
  }

  @Override
  public Answer connect(Entry entry) throws Exception {
    Form question =
        new Form()
            .put("do", "connect")
            .put("transport", transport)
            .put("port", port)
            .put("version", version)
            .put("clientId", entry.clientId())
            .put("clean", entry.kept() ? 0 : 1)
            .put("expiry", entry.expirySeconds())
            .put("aliases", entry.aliased() ? 10 : 0);
    Post will = entry.will();
    if (will != null) {
      question
          .put("willTopic", will.topic())
          .put("willPayload", will.payload())
          .put("willQos", will.qos())
          .put("willRetain", will.retained() ? 1 : 0);
    }
    if (entry.userName() != null) {
      question.put("user", entry.userName());
    }
    Form answer = await(script.ask(name, question));
    return new Answer((int) answer.number("reason"), answer.number("present") == 1);
  }

  @Override
  public void subscribe(String filter, int qos, int id) throws Exception {
    Form question =
        new Form()
            .put("do", "subscribe")
            .put("filter", filter)
            .put("qos", qos)
            .put("subscription", id);
    var _ = await(script.ask(name, question));
  }

  @Override
  public void publish(List<Post> posts) throws Exception {
    List<CompletableFuture<Form>> answers = new ArrayList<>();
    for (Post post : posts) {
      answers.add(script.ask(name, form(post).put("do", "publish")));
    }
    for (CompletableFuture<Form> answer : answers) {
      var _ = await(answer);
    }
  }

  @Override
  public void disconnect(int reason) throws Exception {
    var _ = await(script.ask(name, new Form().put("do", "disconnect").put("reason", reason)));
  }

  @Override
  public void close() throws Exception {
    var _ = await(script.ask(name, new Form().put("do", "close")));
    script.forget(name);
  }

  private static Form await(CompletableFuture<Form> question) throws Exception {
    Form answer = question.get(Inbox.PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (answer.has("error")) {
      throw new IllegalStateException(answer.text("error"));
    }
    return answer;
  }

  private static Form form(Post post) {
    Post.Properties from = post.properties();
    Form to =
        new Form()
            .put("topic", post.topic())
            .put("payload", post.payload())
            .put("qos", post.qos())
            .put("retain", post.retained() ? 1 : 0)
            .put("contentType", from.contentType())
            .put("responseTopic", from.responseTopic())
            .put("correlation", from.correlationData())
            .put("expiry", from.expirySeconds());
    from.user().forEach(property -> to.put("property", property));
    return to;
  }

  private static Post post(Form from) {
    Post.Properties properties =
        new Post.Properties(
            from.texts("property"),
            from.text("contentType"),
            from.text("responseTopic"),
            from.text("correlation"),
            from.number("expiry"),
            from.texts("subscription").stream().map(Integer::valueOf).toList());
    return new Post(
        from.text("topic"),
        from.text("payload"),
        (int) from.number("qos"),
        from.number("retain") == 1,
        properties);
  }
}
