package dev.midge.sim;

import java.util.TreeSet;

/// Makes ports fail: now and then one of their calls throws. Whom that hits is remembered until the
/// client has begun a new session, because nothing is promised to it until then. That reading fails
/// costs nobody anything but the connection.
final class Faults {
  /// A failure that was meant to be.
  static final class Injected extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Injected(String where) {
      super(where);
    }
  }

  private final World world;
  private final TreeSet<String> hit = new TreeSet<>();
  private final TreeSet<String> hitEver = new TreeSet<>();
  private int oneIn;
  private int unreadableOneIn;

  /// @param oneIn how many calls go well for each that fails, or 0 for no failures
  /// @param unreadableOneIn the same for what is read of the store
  Faults(World world, int oneIn, int unreadableOneIn) {
    this.world = world;
    this.oneIn = oneIn;
    this.unreadableOneIn = unreadableOneIn;
  }

  /// Perhaps fails, at the expense of this client.
  void perhaps(String clientId, String where) {
    if (oneIn > 0 && !clientId.isEmpty() && world.oneIn(oneIn)) {
      hit.add(clientId);
      hitEver.add(clientId);
      world.oracle().hit(clientId);
      world.trace("fault: " + where + " of " + clientId);
      throw new Injected(where);
    }
  }

  /// Whether what is asked for just now cannot be read.
  boolean isUnreadable() {
    return unreadableOneIn > 0 && world.oneIn(unreadableOneIn);
  }

  /// No more failures.
  void stop() {
    oneIn = 0;
    unreadableOneIn = 0;
  }

  /// Whether nothing is promised to this client just now.
  boolean hasHit(String clientId) {
    return hit.contains(clientId);
  }

  /// Whether nothing was promised to it at some time.
  boolean hasEverHit(String clientId) {
    return hitEver.contains(clientId);
  }

  /// Whether there is any such client.
  boolean hasHitAny() {
    return !hit.isEmpty();
  }

  /// Whether there was ever any such client.
  boolean hasEverHitAny() {
    return !hitEver.isEmpty();
  }

  /// The client has begun a new session.
  void healed(String clientId) {
    hit.remove(clientId);
  }
}
