package dev.midge.broker;

/// What a loop counts besides the messages that it drops.
public enum Counter {
  /// Connections accepted by a listener.
  CONNECTIONS_OPENED,
  /// Connections closed unread, because their listener had as many as it may.
  CONNECTIONS_TURNED_AWAY,
  /// Connections reset as they were accepted, because their address had as many as it may.
  CONNECTIONS_OVER_ADDRESS,
  /// The same, because their address opened them faster than it may.
  CONNECTS_OVER_RATE,
  /// The same, because too many of their address had ended before anybody was let in.
  CONNECTS_AFTER_FAILURES,
  /// The same, because their address was banned.
  CONNECTS_WHILE_BANNED,
  /// Connections ended, because their address was banned while they were open.
  CONNECTIONS_BANNED,
  /// Connections closed, because the proxy that they came from did not say who its client is, or
  /// not in the way of the PROXY protocol.
  PROXY_HEADERS_BROKEN,
  /// How often a client was not read for a while, because it sent faster than it may.
  CLIENTS_SLOWED,
  /// Clients sent away, because they sent faster than they may for too long.
  CLIENTS_OVER_RATE,
  /// Clients sent away, because unfinished packets took too much memory, and theirs most of it.
  CLIENTS_OVER_INBOUND,
  /// Clients sent away, because far too much waited to be read, and theirs was most of it.
  CLIENTS_OVER_OUTBOUND,
  /// Clients sent away, because memory was nearly full and most of it waited for them.
  CLIENTS_SHED,
  /// How often a client was not sent to for a while, because it got more than it may.
  CLIENTS_HELD_BACK,
  /// Of those, the times when only the rate of all clients together was spent.
  CLIENTS_HELD_BACK_FOR_ALL,
  /// Connections closed before TLS was begun, because as many handshakes were under way as may be.
  HANDSHAKES_TURNED_AWAY,
  /// The same, because as many had begun of late as may.
  HANDSHAKES_OVER_RATE,
  /// Connections that spoke HTTP where their listener does not.
  STRAYS_OF_HTTP,
  /// Connections that spoke TLS where their listener does not.
  STRAYS_OF_TLS,
  /// Connections that spoke MQTT where their listener wants something around it.
  STRAYS_OF_MQTT,
  /// Connections that spoke nothing that we know where their listener speaks TLS.
  STRAYS_OF_NOTHING_KNOWN,
  /// Connections that ended, for whatever reason.
  CONNECTIONS_CLOSED,
  /// Clients let in by a CONNACK of success.
  CONNECTS_ACCEPTED,
  /// Clients turned away by CONNACK, or for a first packet that is none.
  CONNECTS_REFUSED,
  /// Of those, the ones turned away because memory was short.
  CONNECTS_SHORT_OF_MEMORY,
  /// Clients that took over the session of a connected one.
  TAKEOVERS,
  /// Clients turned away, because that of their identifier was taken over too often of late.
  TAKEOVERS_REFUSED,
  /// WebSockets closed, because too many control frames or empty frames came.
  WEBSOCKETS_OVER_RATE,
  /// Connections ended because the client broke a rule.
  VIOLATIONS,
  /// Connections ended because the client was silent for too long.
  KEEP_ALIVE_TIMEOUTS,
  /// Connections ended by a mistake of ours.
  FAILURES,
  /// Connections ended because what waits for the client, or was sent to it, could not be read.
  STORE_READ_FAILURES,
  /// Subscriptions refused in SUBACK.
  SUBSCRIPTIONS_REFUSED,
  /// Subscriptions ended because the client may not have them any more.
  SUBSCRIPTIONS_WITHDRAWN,
  /// Of those, the ones whose address had as many as it may.
  SUBSCRIPTIONS_OVER_ADDRESS,
  /// Clients turned away, because their address had as many sessions as it may.
  SESSIONS_OVER_ADDRESS,
  /// Application messages received, in PUBLISH.
  MESSAGES_RECEIVED,
  /// Application messages sent, in PUBLISH.
  MESSAGES_SENT,
  /// Wills published.
  WILLS_PUBLISHED,
  /// Sessions that ended at the end of their expiry interval.
  SESSIONS_EXPIRED,
  /// Retained messages sent for a new subscription.
  RETAINED_SENT,
  /// How often a client had got as many of those in a second as it may, and others had to wait.
  RETAINED_PUT_OFF
}
