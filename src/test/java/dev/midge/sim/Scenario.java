package dev.midge.sim;

import dev.midge.broker.Ceilings;
import dev.midge.broker.Durability;
import dev.midge.broker.Limits;
import dev.midge.broker.ServerLimits;
import dev.midge.broker.Users;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.QoS;
import dev.midge.packet.UserPropertyBounds;
import dev.midge.session.Session;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;

/// What kind of run it is, drawn from the seed.
///
/// @param tiny whether bounds are so narrow that they are met all the time
/// @param queueQos0 whether QoS 0 messages wait for absent clients
/// @param shared whether clients share subscriptions
/// @param expiries whether some messages expire
/// @param faultOneIn one of how many calls of a port fails, or 0
/// @param shutDown whether the server stops in the end, rather than to come to rest
/// @param slowAuthentication whether some clients wait to be let in
/// @param outboundHighBytes above this many bytes a wire is not writable
/// @param limits those of the listeners
/// @param hasStore whether the server has a store; what of it clients use, the limits say
/// @param storeOneIn in one of how many steps the store gets something done
/// @param restartOneIn in one of how many steps the server is restarted, or 0
/// @param unreadableOneIn one of how many fetches from the store fails, or 0
/// @param steps how many steps the run has before its end
record Scenario(
    int loops,
    int clients,
    boolean tiny,
    boolean queueQos0,
    boolean shared,
    boolean expiries,
    int faultOneIn,
    boolean shutDown,
    boolean slowAuthentication,
    int outboundHighBytes,
    List<Limits> limits,
    ServerLimits serverLimits,
    boolean hasStore,
    int storeOneIn,
    int restartOneIn,
    int unreadableOneIn,
    int steps) {

  /// Draws a scenario.
  static Scenario draw(SplittableRandom random, int steps) {
    boolean tiny = random.nextInt(3) == 0;
    boolean queueQos0 = random.nextInt(3) == 0;
    int loops = 1 + random.nextInt(4);
    int clients = 3 + random.nextInt(8);
    long sessionSecondsMax = random.nextBoolean() ? Session.NEVER : 600;
    List<Limits> listeners =
        List.of(
            limits(random, "first", tiny, queueQos0, sessionSecondsMax),
            limits(random, "second", tiny, queueQos0, sessionSecondsMax));
    int faultOneIn = random.nextInt(4) == 0 ? 20 + random.nextInt(300) : 0;
    return new Scenario(
        loops,
        clients,
        tiny,
        queueQos0,
        random.nextBoolean(),
        random.nextBoolean(),
        faultOneIn,
        random.nextInt(6) == 0,
        random.nextInt(3) == 0,
        200 + random.nextInt(2000),
        listeners,
        new ServerLimits(
            tiny ? clients - 1 : 1000,
            tiny ? 12 : 1000,
            tiny && faultOneIn == 0 ? 4 : 1000,
            1 << 20,
            tiny ? 2500L * loops : 1 << 30,
            tiny ? 1000L * loops : 1 << 30),
        random.nextInt(4) > 0,
        1 + random.nextInt(random.nextBoolean() ? 4 : 60),
        random.nextInt(3) == 0 ? 200 + random.nextInt(2000) : 0,
        random.nextInt(3) == 0 ? 2 + random.nextInt(30) : 0,
        steps);
  }

  private static Limits limits(
      SplittableRandom random,
      String listener,
      boolean tiny,
      boolean queueQos0,
      long sessionSecondsMax) {
    int receiveMax = 1 + random.nextInt(8);
    return new Limits(
        listener,
        EnumSet.allOf(ProtocolVersion.class),
        true,
        Users.ANY,
        "any",
        1 << 20,
        receiveMax,
        random.nextInt(4),
        random.nextBoolean() ? 0 : 40,
        sessionSecondsMax,
        QoS.EXACTLY_ONCE,
        true,
        true,
        true,
        true,
        10,
        queueQos0,
        tiny ? 1 + random.nextInt(6) : 100_000,
        tiny ? 300 + random.nextInt(1000) : 1 << 30,
        tiny ? 1 + random.nextInt(3) : 1 + random.nextInt(20),
        tiny ? 150 + random.nextInt(600) : 1 << 20,
        tiny ? 4 : 1000,
        8,
        1000,
        20,
        new UserPropertyBounds(20, 10_000),
        100,
        Durability.values()[random.nextInt(3)],
        Ceilings.NONE);
  }
}
