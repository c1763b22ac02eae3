package dev.midge.listener;

/// How much a listener does for those who speak HTTP.
///
/// @param connectionsPerAddress how many connections one address may have
/// @param requestsPerSecond how many requests one address may make in a second; it may be ahead by
///   those of ten
/// @param requestSeconds how long a request may take to be complete, and an answer to be taken
/// @param certificatesPerHour how many certificates are signed in an hour for all
/// @param certificatesPerAddress how many of them for one address
/// @param limitsLocal whether this machine and private networks are held to that, too
public record HttpSpec(
    int connectionsPerAddress,
    int requestsPerSecond,
    int requestSeconds,
    int certificatesPerHour,
    int certificatesPerAddress,
    boolean limitsLocal) {

  /// How long a body may be that comes with a request.
  public static final int BODY_BYTES_MAX = 64 << 10;
}
