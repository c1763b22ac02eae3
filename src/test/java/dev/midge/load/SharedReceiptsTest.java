package dev.midge.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Each message of a shared subscription is for one member, and what is not so is noticed.
class SharedReceiptsTest {
  private final Receipts.Counts counts = new Receipts.Counts();
  private final SharedReceipts receipts = new SharedReceipts(counts, 1);
  private final Subscriber.Ledger one = receipts.member();
  private final Subscriber.Ledger other = receipts.member();

  @Test
  void whatOneOrTheOtherGetsIsDelivered() {
    note(other, 1, 2);
    note(one, 0, 3);
    receipts.end(0, 4);

    assertCounts(4, 0, 0, 0);
  }

  @Test
  void whatBothGetIsADuplicate() {
    note(one, 0, 1);
    note(other, 1, 2);
    receipts.end(0, 3);

    assertCounts(3, 0, 1, 0);
  }

  @Test
  void whatNobodyGetsIsLost() {
    note(one, 0, 5);
    note(other, 2);
    receipts.end(0, 8);

    assertCounts(3, 5, 0, 0);
  }

  @Test
  void whatComesLateToAMemberIsOutOfOrder() {
    note(one, 0, 2, 1);
    receipts.end(0, 3);

    assertCounts(3, 0, 0, 1);
  }

  @Test
  void manyMessagesAreKeptCountOf() {
    for (long number = 0; number < 100_000; number++) {
      note(number % 3 == 0 ? one : other, number);
    }
    note(one, 50_000, 99_999);
    receipts.end(0, 100_001);

    assertCounts(100_000, 1, 2, 0);
  }

  private static void note(Subscriber.Ledger member, long... numbers) {
    for (long number : numbers) {
      var _ = member.note(0, number);
    }
  }

  private void assertCounts(long delivered, long lost, long duplicate, long outOfOrder) {
    assertThat(new long[] {counts.delivered, counts.lost, counts.duplicate, counts.outOfOrder})
        .containsExactly(delivered, lost, duplicate, outOfOrder);
  }
}
