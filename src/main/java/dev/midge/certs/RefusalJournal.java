package dev.midge.certs;

/// Who is told which clients were refused for their certificates. A port; called on event loops,
/// and must not block.
public interface RefusalJournal {
  /// Nobody cares.
  RefusalJournal NOBODY = (_, _, _) -> {};

  /// A client was refused.
  ///
  /// @param remoteAddress where it is
  /// @param detail what is wrong, in a clause; parts of it may be chosen by the client
  void refused(String remoteAddress, ClientRefusal reason, String detail);
}
