package dev.midge.listener;

import dev.midge.limit.Networks;

/// The proxies that a listener stands behind, and how they say whom they speak for.
///
/// @param by how
/// @param peers which; nobody else is believed
record ProxySpec(By by, Networks peers) {
  /// How a proxy says who its client is.
  enum By {
    /// By a header of the PROXY protocol, version 1 or 2, before anything else on each connection.
    PROXY_PROTOCOL,
    /// By the field `X-Forwarded-For` of the request that becomes a WebSocket.
    X_FORWARDED_FOR
  }
}
