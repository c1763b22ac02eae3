package dev.midge.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// What MQTT 5.0 adds, with every client that speaks it.
@ParameterizedClass(name = "{0}")
@MethodSource("dev.midge.peers.PeerKind#ofVersion5")
class Peers5Test {

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private final PeerKind kind;
  private final List<Peer> peers = new ArrayList<>();
  private final Inbox inbox = new Inbox();

  Peers5Test(PeerKind kind) {
    this.kind = kind;
  }

  @AfterEach
  void closePeers() throws Exception {
    for (Peer peer : peers) {
      peer.close();
    }
  }

  @Test
  void propertiesArePassedOn() throws Exception {
    Post.Properties properties =
        new Post.Properties(
            List.of("b=1", "b=2", "a=ü"), "text/plain", "answers/here", "42", 1000, List.of());
    Post post = Post.of("properties", "x", 1).with(properties);
    Peer peer = connected(Entry.of("properties"), inbox);
    peer.subscribe("properties", 1, 0);

    peer.publish(List.of(post));

    Post received = inbox.next();
    assertThat(received.properties().expirySeconds()).isBetween(900L, 1000L); // It runs down.
    assertThat(received.with(received.properties().expiring(1000))).isEqualTo(post);
  }

  @Test
  void aMessageTellsForWhichSubscriptionsItCame() throws Exception {
    Peer peer = connected(Entry.of("ids"), inbox);
    peer.subscribe("ids/#", 1, 7);
    peer.subscribe("ids/+", 1, 300);

    peer.publish(List.of(Post.of("ids/both", "x", 1), Post.of("ids/a/b", "y", 1)));

    List<Integer> none = List.of(); // Where the library keeps them to itself.
    boolean visible = kind.library().hasSubscriptionIds();
    assertThat(new TreeSet<>(inbox.next().properties().subscriptionIds()))
        .containsExactlyElementsOf(visible ? List.of(7, 300) : none);
    assertThat(inbox.next().properties().subscriptionIds()).isEqualTo(visible ? List.of(7) : none);
  }

  @Test
  void topicAliasesAreTakenForTheirTopics() throws Exception {
    Peer peer = connected(Entry.of("aliases").alias(), inbox);
    peer.subscribe("alias/#", 1, 0);
    List<Post> posts = new ArrayList<>();
    for (int i = 0; i < 60; i++) { // More topics than the client has aliases.
      posts.add(Post.of("alias/" + (i % 20), "message " + i, 1));
    }

    peer.publish(posts);

    for (Post post : posts) {
      assertThat(inbox.next()).isEqualTo(post);
    }
  }

  @Test
  void aClientMayLeaveItsWill() throws Exception {
    Post will = Post.of("will", "left", 1);
    Peer watching = connected(Entry.of("watching"), inbox);
    watching.subscribe("will", 1, 0);
    Peer leaving = opened(new Inbox());
    leaving.connect(Entry.of("leaving").will(will));

    leaving.disconnect(0x04);

    assertThat(inbox.next()).isEqualTo(will);
  }

  private Peer connected(Entry entry, Inbox to) throws Exception {
    Peer peer = opened(to);
    assertThat(peer.connect(entry)).isEqualTo(new Peer.Answer(0, false));
    return peer;
  }

  private Peer opened(Inbox to) throws Exception {
    Peer peer = kind.open(SERVER.port(kind.transport().listener()), to);
    peers.add(peer);
    return peer;
  }
}
