package dev.midge.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Lost, repeated and late messages are told apart by their numbers.
class ReceiptsTest {
  private final Receipts.Counts counts = new Receipts.Counts();
  private final Receipts receipts = new Receipts(counts, 7, 2);

  @Test
  void messagesInOrderAreDeliveredAndNothingElse() {
    note(7, 0, 1, 2);
    note(8, 0, 1);
    receipts.end(7, 3);
    receipts.end(8, 2);

    assertCounts(5, 0, 0, 0);
  }

  @Test
  void whatNeverCameIsLost() {
    note(7, 0, 3);
    receipts.end(7, 6);

    assertCounts(2, 4, 0, 0);
  }

  @Test
  void whatComesLateIsOutOfOrderAndNotLost() {
    note(7, 0, 3, 1, 2);
    receipts.end(7, 4);

    assertCounts(4, 0, 0, 2);
  }

  @Test
  void whatComesAgainIsADuplicate() {
    note(7, 0, 1, 1, 0, 2);

    assertCounts(3, 0, 2, 0);
  }

  @Test
  void whatWasLateAndComesAgainIsADuplicateToo() {
    note(7, 0, 2, 1, 1, 2);

    assertCounts(3, 0, 2, 1);
  }

  @Test
  void aWideGapHidesNothingThatCameBefore() {
    note(7, 0, 100, 99, 100);

    assertCounts(3, 98, 1, 1);
  }

  @Test
  void aMessageOfAnotherTopicIsNoneThatShouldCome() {
    assertThat(receipts.note(9, 0)).isFalse();

    assertCounts(0, 0, 1, 0);
  }

  private void note(int topic, long... numbers) {
    for (long number : numbers) {
      receipts.note(topic, number);
    }
  }

  private void assertCounts(long delivered, long lost, long duplicate, long outOfOrder) {
    assertThat(counts)
        .extracting(
            count -> count.delivered,
            count -> count.lost,
            count -> count.duplicate,
            count -> count.outOfOrder)
        .containsExactly(delivered, lost, duplicate, outOfOrder);
  }
}
