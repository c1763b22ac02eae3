package dev.midge.broker;

import org.jspecify.annotations.Nullable;

/// Decides what a client may do. A port; called on the loop of the connection, and must not block.
public interface Authorizer {
  /// Allows everything.
  Authorizer EVERYTHING = (_, _, _) -> Permission.EVERYTHING;

  /// What a client may do, by the rules of this moment; null when it may not even stay. Asked at
  /// CONNECT, after each authentication, and when the rules have changed.
  @Nullable Permission permission(Limits limits, String clientId, Identity identity);
}
