package dev.midge.broker;

import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import org.jspecify.annotations.Nullable;

/// Who a client is and what it may do: of its connection, and of its session after that. Loop
/// thread of the connection, then home loop only.
final class Standing {
  private @Nullable Identity identity;

  /// Written by the loop, and asked by others what it [might][Permission#mightRead] read.
  private volatile Permission permission = Permission.NOTHING;

  /// Whether the permission need not be asked, because it allows all.
  private boolean isFree;

  /// Whether it need not be asked about reading.
  private boolean readsAll;

  /// Due when the proof of the identity ends, while there is a connection.
  private @Nullable Timer end;

  /// One of a client that an earlier process knew: what is sent to it is judged when it is back.
  static Standing ofEarlier() {
    Standing standing = new Standing();
    standing.permission(Permission.EVERYTHING);
    return standing;
  }

  /// The same of one of whom it is known who it was.
  static Standing ofEarlier(Identity identity, Permission permission) {
    Standing standing = new Standing();
    standing.identity(identity);
    standing.permission(permission);
    return standing;
  }

  /// Null as long as it has shown nothing to this process.
  @Nullable Identity identity() {
    return identity;
  }

  void identity(Identity identity) {
    this.identity = identity;
  }

  void permission(Permission permission) {
    this.permission = permission;
    this.isFree = permission.allowsAll();
    this.readsAll = permission.readsAll();
  }

  /// Whether it may do all there is to do.
  boolean isFree() {
    return isFree;
  }

  /// Whether it may publish to the topic.
  boolean mayWrite(TopicName topic) {
    return isFree || permission.mayWrite(topic);
  }

  /// Whether messages of the topic may be delivered to it.
  boolean mayRead(TopicName topic) {
    return readsAll || permission.mayRead(topic);
  }

  /// As [Permission#mightRead].
  boolean mightRead(TopicName topic) {
    return permission.mightRead(topic);
  }

  /// As [Permission#subscriptionSeconds].
  long subscriptionSeconds(TopicFilter filter) {
    return isFree ? Permission.NO_END : permission.subscriptionSeconds(filter);
  }

  @Nullable Timer end() {
    return end;
  }

  void end(@Nullable Timer end) {
    this.end = end;
  }
}
