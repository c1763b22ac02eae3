package dev.midge.broker;

import dev.midge.packet.ReasonCode;

/// Ends a connection whose client is silent for too long: before its CONNECT is complete, or longer
/// than its keep alive allows. [MQTT-3.1.2-22] Packets only note when they came, so that they need
/// not set the timer again; it is set on when it fires. Loop thread of the connection only.
final class Silence extends Timer {
  private final Connection connection;
  private long maxMillis;
  private long heardMillis;

  Silence(Connection connection) {
    super("keep alive");
    this.connection = connection;
  }

  /// The client was heard.
  void heard(long nowMillis) {
    heardMillis = nowMillis;
  }

  /// From now on the client may be silent for so long, or, if it is 0, for ever.
  void allow(long maxMillis) {
    BrokerLoop loop = connection.loop();
    this.maxMillis = maxMillis;
    this.heardMillis = loop.nowMillis();
    if (maxMillis > 0) {
      loop.timers().set(this, heardMillis + maxMillis);
    } else {
      loop.timers().cancel(this);
    }
  }

  /// Nothing was heard for long: perhaps too long.
  @Override
  void fire(long nowMillis) {
    BrokerLoop loop = connection.loop();
    if (!connection.isConnected()) {
      connection.disconnect(ReasonCode.MAXIMUM_CONNECT_TIME, "no complete CONNECT in time");
    } else if (connection.gate().waitsForServer()) { // It may have spoken, and is not heard.
      loop.timers().set(this, nowMillis + maxMillis);
    } else if (nowMillis >= heardMillis + maxMillis) {
      loop.tally().count(Counter.KEEP_ALIVE_TIMEOUTS);
      connection.disconnect(ReasonCode.KEEP_ALIVE_TIMEOUT, "nothing heard for 1.5 keep alives");
    } else {
      loop.timers().set(this, heardMillis + maxMillis);
    }
  }
}
