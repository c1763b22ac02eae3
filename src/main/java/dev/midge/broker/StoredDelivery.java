package dev.midge.broker;

import dev.midge.packet.Message;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import org.jspecify.annotations.Nullable;

/// A delivery as a [StateLog] kept it.
///
/// @param group the filter of the group on whose behalf the session received it, or null
/// @param packetId 1 to 65,535 once it was sent, else 0
/// @param order its place in the order of sending once it was sent, else 0
/// @param released whether PUBREC came for it
public record StoredDelivery(
    long sequence,
    long messageNumber,
    Message message,
    QoS qos,
    boolean retain,
    int[] subscriptionIds,
    @Nullable TopicFilter group,
    int packetId,
    long order,
    boolean released) {}
