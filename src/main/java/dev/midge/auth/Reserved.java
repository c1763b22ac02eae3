package dev.midge.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.broker.Permission;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import java.util.Arrays;
import java.util.List;

/// What a client may do by its own permission, except to write certain topics and all below them:
/// those are the server's. One loop at a time.
final class Reserved implements Permission {
  private final byte[][] roots;
  private final Permission own;

  private Reserved(byte[][] roots, Permission own) {
    this.roots = roots;
    this.own = own;
  }

  /// Leaves these topics out of a permission.
  static Permission except(List<String> topics, Permission own) {
    return topics.isEmpty()
        ? own
        : new Reserved(
            topics.stream().map(topic -> topic.getBytes(UTF_8)).toArray(byte[][]::new), own);
  }

  @Override
  public boolean readsAll() {
    return own.readsAll();
  }

  @Override
  public boolean mayWrite(TopicName topic) {
    byte[] name = topic.utf8();
    for (byte[] root : roots) {
      if (isWithin(name, root)) {
        return false;
      }
    }
    return own.mayWrite(topic);
  }

  private static boolean isWithin(byte[] name, byte[] root) {
    return name[0] == root[0]
        && name.length >= root.length
        && Arrays.equals(name, 0, root.length, root, 0, root.length)
        && (name.length == root.length || name[root.length] == '/');
  }

  @Override
  public boolean mayRead(TopicName topic) {
    return own.mayRead(topic);
  }

  @Override
  public boolean mightRead(TopicName topic) {
    return own.mightRead(topic);
  }

  @Override
  public long subscriptionSeconds(TopicFilter filter) {
    return own.subscriptionSeconds(filter);
  }
}
