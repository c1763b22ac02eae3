package dev.midge.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.packet.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What all versions of MQTT have, with every client.
@ParameterizedClass(name = "{0}")
@MethodSource("dev.midge.peers.PeerKind#all")
class PeersTest {
  private static final String STRANGER = "stranger";

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .authenticating(connect ->
              CompletableFuture.completedFuture(
                  STRANGER.equals(connect.userName())
                      ? ReasonCode.NOT_AUTHORIZED
                      : ReasonCode.SUCCESS));

  private final PeerKind kind;
  private final List<Peer> peers = new ArrayList<>();
  private final Inbox inbox = new Inbox();

  PeersTest(PeerKind kind) {
    this.kind = kind;
  }

  @AfterEach
  void closePeers() throws Exception {
    for (Peer peer : peers) {
      peer.close();
    }
  }

  @Test
  void aMessageComesAndGoesWithEachQos() throws Exception {
    Peer peer = connected(Entry.of("qos"), inbox);
    peer.subscribe("qos/#", 2, 0);

    for (int qos = 0; qos <= 2; qos++) {
      Post post = Post.of("qos/" + qos, "Grüße " + qos, qos);
      peer.publish(List.of(post));
      assertThat(inbox.next()).isEqualTo(post);
    }
  }

  @Test
  void aRetainedMessageWaitsForSubscribersUntilItIsCleared() throws Exception {
    Post post = Post.of("retained/a", "kept", 1).retain();
    Post end = Post.of("retained/end", "end", 1);
    Peer publisher = connected(Entry.of("retaining"), new Inbox());
    publisher.publish(List.of(post));

    Peer early = connected(Entry.of("early"), inbox);
    early.subscribe("retained/#", 1, 0);
    assertThat(inbox.next()).isEqualTo(post);

    publisher.publish(List.of(Post.of("retained/a", "", 1).retain()));
    Inbox lateInbox = new Inbox();
    Peer late = connected(Entry.of("late"), lateInbox);
    late.subscribe("retained/#", 1, 0);
    publisher.publish(List.of(end));
    assertThat(lateInbox.next()).isEqualTo(end);
  }

  @Test
  void theWillOfAClientThatVanishesIsPublished() throws Exception {
    Post will = Post.of("will/here", "gone", 1);
    Peer watching = connected(Entry.of("watching"), inbox);
    watching.subscribe("will/#", 1, 0);
    var _ = connected(Entry.of("mortal").will(will), new Inbox());

    try (RawClient _ = RawClient.connected(SERVER.port(), kind.version(), "mortal")) {
      assertThat(inbox.next()).isEqualTo(will);
    }
  }

  @Test
  void wildcardsMatch() throws Exception {
    Peer peer = connected(Entry.of("wild"), inbox);
    peer.subscribe("one/+/level", 1, 0);
    peer.subscribe("all/#", 1, 0);
    List<Post> matching =
        List.of(
            Post.of("one/a/level", "1", 1),
            Post.of("one//level", "2", 1),
            Post.of("all", "3", 1),
            Post.of("all/levels/below", "4", 1));

    List<Post> all = new ArrayList<>(matching);
    all.addFirst(Post.of("one/a/b/level", "no", 1));
    all.addFirst(Post.of("one/level", "no", 1));
    peer.publish(all);

    for (Post post : matching) {
      assertThat(inbox.next()).isEqualTo(post);
    }
  }

  @Test
  void aSharedSubscriptionGetsEachMessageOnce() throws Exception {
    List<Inbox> inboxes = List.of(new Inbox(), new Inbox());
    for (int i = 0; i < inboxes.size(); i++) {
      Peer member = connected(Entry.of("member" + i), inboxes.get(i));
      member.subscribe("$share/team/jobs", 1, 0);
    }
    List<Post> jobs = numbered("jobs", 20, 1);
    connected(Entry.of("boss"), new Inbox()).publish(jobs);

    List<Post> done = new ArrayList<>();
    for (Inbox each : inboxes) { // Between equals the server shares equally.
      for (int i = 0; i < jobs.size() / inboxes.size(); i++) {
        done.add(each.next());
      }
    }
    assertThat(done).containsExactlyInAnyOrderElementsOf(jobs);
  }

  @Test
  void aSessionThatIsResumedHasWhatCameMeanwhile() throws Exception {
    Entry entry = Entry.of("resuming " + kind).keep();
    Peer before = open(new Inbox());
    assertThat(before.connect(entry)).isEqualTo(new Peer.Answer(0, false));
    before.subscribe("resume/#", 2, 0);
    before.disconnect(0);

    List<Post> missed = numbered("resume/me", 5, 1);
    List<Post> missedToo = numbered("resume/me/too", 5, 2);
    Peer publisher = connected(Entry.of("busy"), new Inbox());
    publisher.publish(missed);
    publisher.publish(missedToo);

    Peer after = open(inbox);
    boolean told = kind.version() > 3; // MQTT 3.1 does not say whether there was a session.
    assertThat(after.connect(entry)).isEqualTo(new Peer.Answer(0, told));
    List<Post> received = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      received.add(inbox.next());
    }
    assertThat(received).containsSubsequence(missed).containsSubsequence(missedToo);
  }

  @Test
  void aClientThatIsTakenOverIsToldWhy() throws Exception {
    var _ = connected(Entry.of("twice"), inbox);
    var _ = connected(Entry.of("twice"), new Inbox());

    assertThat(inbox.closedBy()).isEqualTo(kind.version() == 5 ? 0x8E : 0);
  }

  @Test
  void aClientThatMayNotConnectIsToldWhy() throws Exception {
    Peer.Answer answer = open(inbox).connect(Entry.of("unknown").user(STRANGER));

    assertThat(answer.reason()).isEqualTo(kind.version() == 5 ? 0x87 : 5);
  }

  @Test
  void megabytesComeAndGo() throws Exception {
    Peer peer = connected(Entry.of("large"), inbox);
    peer.subscribe("large", 1, 0);
    Post post = Post.of("large", "0123456789abcdef".repeat(3 << 16), 1);

    peer.publish(List.of(post));

    assertThat(inbox.next()).isEqualTo(post);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aThousandMessagesComeInOrder(int qos) throws Exception {
    Peer peer = connected(Entry.of("many"), inbox);
    peer.subscribe("many", qos, 0);
    List<Post> posts = numbered("many", 1000, qos);

    peer.publish(posts);

    for (Post post : posts) {
      assertThat(inbox.next()).isEqualTo(post);
    }
  }

  private Peer connected(Entry entry, Inbox to) throws Exception {
    Peer peer = open(to);
    assertThat(peer.connect(entry)).isEqualTo(new Peer.Answer(0, false));
    return peer;
  }

  private Peer open(Inbox to) throws Exception {
    Peer peer = kind.open(SERVER.port(kind.transport().listener()), to);
    peers.add(peer);
    return peer;
  }

  private static List<Post> numbered(String topic, int count, int qos) {
    return IntStream.range(0, count).mapToObj(i -> Post.of(topic, "message " + i, qos)).toList();
  }
}
