package dev.midge.broker;

import dev.midge.packet.Message;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A message on its way to sessions of another loop as a [StateLog] kept it: the loop that sent it
/// has written down that it is done with it, the other one not yet that it came.
///
/// @param group the filter of the group on whose behalf it is received, or null
/// @param receivers who is to get it
public record StoredHandover(
    StateLog.Handover handover,
    Message message,
    @Nullable TopicFilter group,
    List<Receiver> receivers) {

  /// One that is to get it.
  ///
  /// @param session the number of the session
  /// @param qos the highest quality of service that it wants
  public record Receiver(long session, QoS qos, boolean retainAsPublished, int[] subscriptionIds) {}
}
