package dev.midge.peers;

import java.util.List;

/// A client of some library, and its one connection. Each call waits for the server's answer. A
/// peer sends topic aliases if its library can, and never reconnects.
interface Peer {

  /// The server's answer to CONNECT.
  ///
  /// @param reason 0 when the client is accepted
  record Answer(int reason, boolean sessionPresent) {}

  /// Connects. Messages that come go to the inbox that the peer was opened with.
  Answer connect(Entry entry) throws Exception;

  /// Subscribes.
  ///
  /// @param id the subscription identifier of MQTT 5.0; 0 for none
  void subscribe(String filter, int qos, int id) throws Exception;

  /// Publishes all, without waiting in between, and then waits until the server has them.
  void publish(List<Post> posts) throws Exception;

  /// Says DISCONNECT.
  ///
  /// @param reason the reason code of MQTT 5.0; 0 before that
  void disconnect(int reason) throws Exception;

  /// Lets go of whatever the library holds, connected or not.
  void close() throws Exception;
}
