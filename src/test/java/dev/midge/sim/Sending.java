package dev.midge.sim;

import dev.midge.packet.QoS;
import java.util.Arrays;

/// How the server sends a message to one client.
record Sending(
    QoS qos,
    boolean retain,
    boolean duplicate,
    int packetId,
    int[] subscriptionIds,
    long expirySeconds) {

  /// Whether it carries these subscription identifiers, in any order.
  boolean hasIds(int[] others) {
    int[] mine = subscriptionIds.clone();
    int[] theirs = others.clone();
    Arrays.sort(mine);
    Arrays.sort(theirs);
    return Arrays.equals(mine, theirs);
  }

  @Override
  public String toString() {
    return "qos%d%s%s id %d subscriptions %s expiry %d"
        .formatted(
            qos.level(),
            retain ? " retain" : "",
            duplicate ? " dup" : "",
            packetId,
            Arrays.toString(subscriptionIds),
            expirySeconds);
  }
}
