package dev.midge.broker;

/// A method of enhanced authentication (4.12), such as SCRAM-SHA-256. A port.
public interface AuthMethod {
  /// Begins an exchange with one client.
  Exchange begin();

  /// One exchange. Loop thread of its connection only.
  interface Exchange {
    /// Takes the authentication data of the client's next packet; must not block.
    Step next(byte[] data);
  }

  /// Where an exchange has got to.
  sealed interface Step {}

  /// The client has to go on: the data is for it.
  record Continue(byte[] data) implements Step {}

  /// The client is who it says: the data is for it, the user name for us.
  record Accepted(byte[] data, String userName) implements Step {}

  /// The client is not let in.
  record Refused(String detail) implements Step {}
}
