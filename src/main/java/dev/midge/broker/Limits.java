package dev.midge.broker;

import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.QoS;
import dev.midge.packet.UserPropertyBounds;
import java.util.Set;

/// What a listener offers to its clients, and how much of it: each as its file in `listeners/`
/// says.
///
/// @param listener the name of the listener
/// @param versions the protocol versions that it speaks
/// @param anonymous whether a client may connect without a user name
/// @param users whose user name is taken, and what for a proof
/// @param policy the name of the rules for who has no account
/// @param packetBytesMax the longest packet that it reads
/// @param receiveMax how many QoS 1 and 2 messages it takes from a client at a time, 1 to 65,535
/// @param topicAliasMax the highest topic alias that clients may use, 0 to 65,535
/// @param keepAliveSecondsMax the longest keep alive, or 0 for as the client asks
/// @param sessionSecondsMax for how long a session may outlive its connection, to 4,294,967,295
/// @param qosMax the highest quality of service
/// @param retain whether messages are retained
/// @param wildcards whether filters may have wildcards
/// @param shared whether subscriptions may be shared
/// @param subscriptionIds whether subscriptions may have identifiers
/// @param connectSecondsMax how long a client may take to send CONNECT
/// @param queueQos0 whether QoS 0 messages are queued for clients that are not connected
/// @param queueMessagesMax how many messages wait for one client
/// @param queueBytesMax how much memory they may take
/// @param inflightMax how many unacknowledged messages a client gets at a time, 1 to 65,535
/// @param outboundBytesMax how many bytes wait for one client to read them
/// @param subscriptionsMax how many subscriptions one client may have
/// @param filtersPerSubscribeMax how many filters one SUBSCRIBE or UNSUBSCRIBE may have
/// @param topicBytesMax the longest topic name or filter
/// @param topicLevelsMax the most levels in a topic name or filter
/// @param userProperties the most of user properties in a packet
/// @param clientIdBytesMax the longest client identifier
/// @param durability what sessions outlive, unless a client asks for less
/// @param ceilings what else is bounded where strangers come
public record Limits(
    String listener,
    Set<ProtocolVersion> versions,
    boolean anonymous,
    Users users,
    String policy,
    int packetBytesMax,
    int receiveMax,
    int topicAliasMax,
    int keepAliveSecondsMax,
    long sessionSecondsMax,
    QoS qosMax,
    boolean retain,
    boolean wildcards,
    boolean shared,
    boolean subscriptionIds,
    int connectSecondsMax,
    boolean queueQos0,
    int queueMessagesMax,
    long queueBytesMax,
    int inflightMax,
    long outboundBytesMax,
    int subscriptionsMax,
    int filtersPerSubscribeMax,
    int topicBytesMax,
    int topicLevelsMax,
    UserPropertyBounds userProperties,
    int clientIdBytesMax,
    Durability durability,
    Ceilings ceilings) {}
