package dev.midge.broker;

import org.jspecify.annotations.Nullable;

/// Who a client is, as far as it has said or proved.
///
/// @param userName the user name, or an empty string
/// @param isProved whether it showed that the name is its own
/// @param bound what its proof itself limits it to, or null when it says nothing of that
/// @param endsAtMillis when the proof ends, by the clock of the loops, or [Long#MAX_VALUE]
public record Identity(
    String userName, boolean isProved, @Nullable Permission bound, long endsAtMillis) {
  /// Somebody who says so.
  public static Identity claimed(@Nullable String userName) {
    return new Identity(userName == null ? "" : userName, false, null, Long.MAX_VALUE);
  }

  /// Somebody who has shown it.
  public static Identity proved(String userName) {
    return new Identity(userName, true, null, Long.MAX_VALUE);
  }
}
