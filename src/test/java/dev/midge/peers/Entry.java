package dev.midge.peers;

import org.jspecify.annotations.Nullable;

/// What a client says in CONNECT.
///
/// @param kept whether the session is resumed and outlives the connection
/// @param aliased whether the server may send topic aliases
/// @param will what the server publishes if the client vanishes
record Entry(
    String clientId,
    boolean kept,
    boolean aliased,
    @Nullable Post will,
    @Nullable String userName) {

  /// A new session that ends with the connection.
  static Entry of(String clientId) {
    return new Entry(clientId, false, false, null, null);
  }

  /// The same with a session that is kept.
  Entry keep() {
    return new Entry(clientId, true, aliased, will, userName);
  }

  /// The same with topic aliases.
  Entry alias() {
    return new Entry(clientId, kept, true, will, userName);
  }

  /// The same with a will.
  Entry will(Post post) {
    return new Entry(clientId, kept, aliased, post, userName);
  }

  /// The same as a user with this name.
  Entry user(String name) {
    return new Entry(clientId, kept, aliased, will, name);
  }

  /// How long the session outlives the connection.
  long expirySeconds() {
    return kept ? 3600 : 0;
  }
}
