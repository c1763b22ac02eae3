package dev.midge.web;

import dev.midge.limit.AddressFigures;
import dev.midge.limit.Ban;
import java.util.List;

/// How it stands with the limits of the address that asks, as its visitor reads it.
///
/// @param address the address
/// @param state `up`, or `down` where something is refused to it or slowed
/// @param verdict the same in a sentence
/// @param figures what it has
record OwnLimits(String address, String state, String verdict, List<FigureView> figures) {

  static OwnLimits of(AddressFigures own) {
    boolean isLimited = own.ban() != null || own.left().isLimited();
    AddressFigures.Has has = own.has();
    return new OwnLimits(
        own.address(),
        isLimited ? "down" : "up",
        verdict(own),
        own.isExempt()
            ? List.of()
            : List.of(
                figure("connections", Quantity.COUNT, has.connections()),
                figure("sessions", Quantity.COUNT, has.sessions()),
                figure("subscriptions", Quantity.COUNT, has.subscriptions()),
                figure("queued", Quantity.BYTES, has.queuedBytes()),
                figure("retained", Quantity.COUNT, has.retainedMessages())));
  }

  private static FigureView figure(String label, Quantity quantity, long value) {
    return new FigureView(label, label, quantity.word(), quantity.text((double) value));
  }

  private static String verdict(AddressFigures own) {
    Ban ban = own.ban();
    if (ban != null) {
      String until =
          own.banSecondsLeft() < 0 ? "for good" : "for " + own.banSecondsLeft() + " more seconds";
      return "Your address is banned " + until + ": " + ban.reason();
    }
    if (own.left().isLimited()) {
      return "You are limited: something is left to your address again in "
          + own.waitSeconds()
          + " seconds";
    }
    return own.isExempt()
        ? "You are not limited: nothing of this holds for your address"
        : "You are not limited just now";
  }
}
