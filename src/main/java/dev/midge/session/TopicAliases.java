package dev.midge.session;

import dev.midge.packet.TopicName;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The topic aliases of one connection (3.3.2.3.4), one table for each direction. Home loop only.
public final class TopicAliases {
  private final int inboundMax;
  private final int outboundMax;

  /// By alias; made with the first one.
  private @Nullable TopicName @Nullable [] inbound;

  private int inboundBytes;

  private @Nullable Map<TopicName, Integer> outbound;

  /// @param inboundMax the highest alias that the client may use, 0 to 65,535
  /// @param outboundMax the highest that the client accepts, 0 to 65,535
  public TopicAliases(int inboundMax, int outboundMax) {
    this.inboundMax = inboundMax;
    this.outboundMax = outboundMax;
  }

  /// The highest alias that the client may use. [MQTT-3.3.2-9]
  public int inboundMax() {
    return inboundMax;
  }

  /// The memory that the topics take which the client calls by an alias, in bytes, roughly.
  public int inboundBytes() {
    return inboundBytes;
  }

  /// Remembers what the client calls by this alias, 1 to [#inboundMax].
  public void learn(int alias, TopicName topic) {
    if (inbound == null || inbound.length <= alias) {
      @Nullable TopicName[] larger =
          new @Nullable TopicName[Math.min(inboundMax, Math.max(8, 2 * alias)) + 1];
      if (inbound != null) {
        System.arraycopy(inbound, 0, larger, 0, inbound.length);
      }
      inbound = larger;
    }
    TopicName former = inbound[alias];
    inboundBytes += topic.length() - (former == null ? 0 : former.length());
    inbound[alias] = topic;
  }

  /// The topic that the client calls by this alias, or null.
  public @Nullable TopicName topic(int alias) {
    return inbound == null || alias >= inbound.length ? null : inbound[alias];
  }

  /// The alias under which the client knows the topic already, or 0.
  public int known(TopicName topic) {
    if (outbound == null) {
      return 0;
    }
    Integer alias = outbound.get(topic);
    return alias == null ? 0 : alias;
  }

  /// The alias that the next topic to get one will have, or 0 when all that the client accepts are
  /// given out. [MQTT-3.1.2-26]
  public int next() {
    int given = outbound == null ? 0 : outbound.size();
    return given < outboundMax ? given + 1 : 0;
  }

  /// Gives [#next] to a topic: name and alias were sent together.
  public void assign(TopicName topic) {
    if (outbound == null) {
      outbound = new HashMap<>();
    }
    outbound.put(topic, next());
  }
}
