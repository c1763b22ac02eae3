package dev.midge.topic;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import dev.midge.topic.Subscriber.Readiness;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Which member of a group gets a message.
class SharedGroupTest {
  private static final TopicName TOPIC = TopicName.of("a");

  private static final class Member implements Subscriber {
    private Readiness readiness = Readiness.READY;
    private boolean mayRead = true;

    @Override
    public boolean mayRead(TopicName topic) {
      return mayRead && topic.equals(TOPIC);
    }

    @Override
    public int homeLoop() {
      return 0;
    }

    @Override
    public Readiness readiness() {
      return readiness;
    }
  }

  private final Member ann = new Member();
  private final Member bob = new Member();
  private final Member cid = new Member();
  private final SharedGroup group = new SharedGroup(TopicFilter.of("$share/g/a"), of(ann));

  SharedGroupTest() {
    group.members(Stream.of(ann, bob, cid).map(SharedGroupTest::of).toArray(Subscription[]::new));
  }

  private static Subscription of(Member member) {
    return new Subscription(member, QoS.AT_LEAST_ONCE, false, false, 0);
  }

  private Subscriber next() {
    return requireNonNull(group.next(TOPIC)).subscriber();
  }

  @Test
  void whoWaitsForMessagesComesBeforeWhoIsBusyOrAbsent() {
    ann.readiness = Readiness.BUSY;
    cid.readiness = Readiness.OFFLINE;
    for (int i = 0; i < 6; i++) {
      assertThat(next()).isEqualTo(bob);
    }
  }

  @Test
  void whoIsBusyComesBeforeWhoIsAbsent() {
    ann.readiness = Readiness.OFFLINE;
    bob.readiness = Readiness.OFFLINE;
    cid.readiness = Readiness.BUSY;
    for (int i = 0; i < 6; i++) {
      assertThat(next()).isEqualTo(cid);
    }
  }

  @Test
  void whenAllAreAbsentTheyTakeTurns() {
    Stream.of(ann, bob, cid).forEach(member -> member.readiness = Readiness.OFFLINE);
    assertThat(Stream.generate(this::next).limit(3)).containsExactlyInAnyOrder(ann, bob, cid);
  }

  @Test
  void whoIsAbsentLeavesItsTurnsToAllOthersAlike() {
    ann.readiness = Readiness.OFFLINE;
    List<Subscriber> served = Stream.generate(this::next).limit(100).toList();
    assertThat(served).filteredOn(bob::equals).hasSize(50);
    assertThat(served).filteredOn(cid::equals).hasSize(50);
  }

  @Test
  void aSuccessorIsSomebodyElse() {
    for (int i = 0; i < 6; i++) {
      Subscription successor = requireNonNull(group.successorOf(ann, TOPIC));
      assertThat(successor.subscriber()).isNotEqualTo(ann);
    }
  }

  @Test
  void anAbsentSuccessorIsOneOnlyWhenThatWillDo() {
    assertThat(group.hasSuccessor(ann, TOPIC, false)).isTrue();
    bob.readiness = Readiness.OFFLINE;
    cid.readiness = Readiness.OFFLINE;
    assertThat(group.hasSuccessor(ann, TOPIC, false)).isFalse();
    assertThat(group.hasSuccessor(ann, TOPIC, true)).isTrue();
  }

  @Test
  void aGroupOfOneHasNoSuccessor() {
    group.members(new Subscription[] {of(ann)});
    assertThat(group.hasSuccessor(ann, TOPIC, true)).isFalse();
    assertThat(group.successorOf(ann, TOPIC)).isNull();
    assertThat(next()).isEqualTo(ann);
  }

  @Test
  void aGroupThatTheLastMemberLeftServesNobody() {
    group.members(new Subscription[0]);
    assertThat(group.next(TOPIC)).isNull();
    assertThat(group.successorOf(ann, TOPIC)).isNull();
    assertThat(group.hasSuccessor(ann, TOPIC, true)).isFalse();
  }

  @Test
  void whoMayNotReadIsPassedByHoweverReadyHeIs() {
    ann.mayRead = false;
    bob.readiness = Readiness.OFFLINE;
    cid.readiness = Readiness.BUSY;

    assertThat(next()).isSameAs(cid);
    assertThat(next()).isSameAs(cid);
    assertThat(group.hasSuccessor(cid, TOPIC, false)).isFalse();
    assertThat(group.hasSuccessor(cid, TOPIC, true)).isTrue();
    assertThat(requireNonNull(group.successorOf(cid, TOPIC)).subscriber()).isSameAs(bob);

    bob.mayRead = false;
    cid.mayRead = false;

    assertThat(group.next(TOPIC)).isNull();
    assertThat(group.isEmpty()).isFalse();
  }
}
