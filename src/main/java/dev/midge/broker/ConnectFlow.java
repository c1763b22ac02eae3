package dev.midge.broker;

import dev.midge.packet.Packet.Connack;
import dev.midge.packet.Packet.Connect;
import dev.midge.packet.Packet.Will;
import dev.midge.packet.Properties;
import dev.midge.packet.Property;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.Utf8;
import dev.midge.session.Session;
import dev.midge.session.TopicAliases;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// From CONNECT to CONNACK (3.1, 3.2): who is it, may it come in, on which loop does it live, whose
/// connection does it take over, which session does it resume.
final class ConnectFlow {
  /// The user property by which a client lowers the durability of its session: `none` or `os`.
  private static final String DURABILITY = "midge-durability";

  /// What any session takes is not counted, in bytes.
  private static final int UNCOUNTED_BYTES = 256;

  /// What text in a packet may take, in bytes.
  private static final int TEXT_BYTES_MAX = 65_535;

  private final BrokerLoop loop;
  private final Broker broker;

  ConnectFlow(BrokerLoop loop, Broker broker) {
    this.loop = loop;
    this.broker = broker;
  }

  /// Takes CONNECT, on the loop that accepted the connection.
  void receive(Connection connection, Connect connect) {
    Limits limits = connection.limits();
    requireSpoken(limits, connect.version());
    requireMemory();
    String clientId = requireClientId(limits, connect);
    connection.beginConnecting(
        connect, clientId, durability(limits, connect).atMost(broker.store().durabilityMax()));
    requireShort(limits.ceilings().credentialBytesMax(), connect);
    if (connect.will() != null) {
      requirePossible(limits, connect.will());
    }
    String method = connect.properties().text(Property.AUTHENTICATION_METHOD, "");
    if (connect.properties().has(Property.AUTHENTICATION_METHOD)) {
      loop.authentications().begin(connection, connect, method);
    } else {
      authenticate(connection, connect);
    }
  }

  private void requireMemory() {
    if (broker.isShortOfMemory()) {
      loop.tally().count(Counter.CONNECTS_SHORT_OF_MEMORY);
      throw new ProtocolViolation(
          ReasonCode.SERVER_BUSY, "", "the server is short of memory, come again later");
    }
  }

  private static void requireSpoken(Limits limits, ProtocolVersion version) {
    if (!limits.versions().contains(version)) {
      throw new ProtocolViolation(
          ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
          "MQTT-3.1.2-2",
          version + " is not spoken on this listener");
    }
  }

  /// The client identifier, made up where the client may leave that to us. [MQTT-3.1.3-6]
  /// [MQTT-3.1.3-7] [v3: MQTT-3.1.3-8] MQTT 3.1 allows 23 characters at most; longer ones are
  /// taken, as every client of that time sends them.
  private String requireClientId(Limits limits, Connect connect) {
    String clientId = connect.clientId();
    if (Utf8.bytes(clientId).length > limits.clientIdBytesMax()) {
      throw badClientId("longer than " + limits.clientIdBytesMax() + " bytes");
    }
    if (!clientId.isEmpty()) {
      return clientId;
    }
    if (!connect.version().allowsEmptyClientId()) {
      throw badClientId("MQTT 3.1 requires a client identifier");
    }
    if (connect.version().keepsUncleanSessions() && !connect.cleanStart()) {
      throw badClientId("a session that is kept requires a client identifier");
    }
    return broker.newClientId();
  }

  /// What the listener offers, or less when the client asks for it by a user property. A word that
  /// is none counts as not asked.
  private static Durability durability(Limits limits, Connect connect) {
    for (Properties.UserProperty property : connect.properties().userProperties()) {
      if (property.name().equals(DURABILITY)) {
        for (Durability durability : Durability.values()) {
          if (durability.name().equalsIgnoreCase(property.value())) {
            return limits.durability().atMost(durability);
          }
        }
      }
    }
    return limits.durability();
  }

  private static void requireShort(int credentialBytesMax, Connect connect) {
    String userName = connect.userName();
    byte[] password = connect.password();
    if ((userName != null && Utf8.bytes(userName).length > credentialBytesMax)
        || (password != null && password.length > credentialBytesMax)) {
      throw new ProtocolViolation(
          ReasonCode.BAD_USER_NAME_OR_PASSWORD,
          "",
          "user name or password is longer than " + credentialBytesMax + " bytes");
    }
  }

  private static ProtocolViolation badClientId(String detail) {
    return new ProtocolViolation(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "MQTT-3.1.3-8", detail);
  }

  /// A will passes the checks that a PUBLISH would; whether the client may publish it is known when
  /// the client is. [MQTT-3.2.2-12] [MQTT-3.2.2-13]
  private static void requirePossible(Limits limits, Will will) {
    PublishFlow.requireOffered(limits, will.qos(), will.retain());
    int bytesMax = limits.ceilings().willBytesMax();
    if (will.payload().length > bytesMax) {
      throw new ProtocolViolation(
          ReasonCode.PACKET_TOO_LARGE, "", "the will is longer than " + bytesMax + " bytes");
    }
    if (!PublishFlow.fits(limits, will.topic())) {
      throw new ProtocolViolation(
          ReasonCode.TOPIC_NAME_INVALID, "", "will topic has too many levels or bytes");
    }
    if (will.topic().isReserved()) {
      throw new ProtocolViolation(
          ReasonCode.NOT_AUTHORIZED, "", "not allowed to publish to the will topic");
    }
  }

  private void authenticate(Connection connection, Connect connect) {
    Limits limits = connection.limits();
    boolean isAnonymous = connect.userName() == null;
    if (isAnonymous && !limits.anonymous() && !limits.users().needsProof()) {
      throw new ProtocolViolation(
          ReasonCode.NOT_AUTHORIZED, "", "this listener requires a user name");
    }
    Connect named = connect.called(connection.clientId());
    boolean needsProof = limits.users().needsProof() && !(isAnonymous && limits.anonymous());
    CompletableFuture<Verdict> answer =
        (needsProof
                ? loop.authenticator().prove(limits, named)
                : loop.authenticator().greet(limits, named))
            .toCompletableFuture();
    if (answer.isDone()) {
      answered(connection, connect, outcome(answer));
    } else {
      var _ =
          answer.whenComplete((_, _) ->
              loop.execute(() ->
                  connection.guard(
                      "CONNECT", () -> answered(connection, connect, outcome(answer)))));
    }
  }

  private static Verdict outcome(CompletableFuture<Verdict> answer) {
    return answer.isCompletedExceptionally()
        ? new Verdict.Refused(ReasonCode.SERVER_UNAVAILABLE)
        : answer.join();
  }

  private void answered(Connection connection, Connect connect, Verdict outcome) {
    switch (outcome) {
      case Verdict.Refused refused -> connection.disconnect(refused.reason(), refused.detail());
      case Verdict.Admitted admitted -> authenticated(connection, connect, admitted.identity());
    }
  }

  /// The client is who it says: the connection goes to the loop where its session lives.
  void authenticated(Connection connection, Connect connect, Identity identity) {
    loop.accesses().identified(connection, identity);
    loop.accesses().requireAllowed(connection, connect.will());
    BrokerLoop home = broker.homeOf(connection.clientId());
    if (home == loop) {
      arrived(connection, connect);
      return;
    }
    connection.depart();
    connection.wire().moveTo(home.index(), () -> home.connects().arrived(connection, connect));
  }

  /// The connection is on the home loop of its client: it takes its place, or is turned away.
  private void arrived(Connection connection, Connect connect) {
    if (connection.isClosed()) {
      return;
    }
    connection.arrive(loop);
    if (loop.isShuttingDown()) {
      connection.disconnect(ReasonCode.SERVER_SHUTTING_DOWN, BrokerLoop.STOPPING);
    }
    connection.guard("CONNECT", () -> takePlace(connection, connect));
  }

  private void takePlace(Connection connection, Connect connect) {
    requireShortAnswer(connection, connect);
    Client known = loop.client(connection.clientId());
    Takeovers takeovers = known == null ? new Takeovers() : known.takeovers();
    if (known != null && known.connection() != null) {
      requireRareTakeovers(connection.limits(), takeovers);
      loop.tally().count(Counter.TAKEOVERS);
      known.connection().disconnect(ReasonCode.SESSION_TAKEN_OVER, "client identifier used again");
      known = loop.client(connection.clientId()); // [MQTT-3.1.4-3]
    }
    if (known != null && connect.cleanStart()) { // [MQTT-3.1.2-4]
      long before = loop.promises();
      loop.departures().endSession(known);
      Receipt ended = known.isDurable() ? loop.receiptSince(before) : null;
      if (ended != null) { // What CONNACK says must hold after a crash.
        ended.whenComplete(() ->
            connection.guard(
                "CONNECT", () -> takeEmptyPlace(connection, connect, takeovers, ended)));
        return;
      }
      known = null;
    }
    takePlace(connection, connect, takeovers, known);
  }

  /// Nothing else may come before CONNACK, and what has to be said in it may be too long for the
  /// client. [MQTT-3.2.0-1] [MQTT-3.1.2-24]
  private static void requireShortAnswer(Connection connection, Connect connect) {
    if (connect.properties().has(Property.MAXIMUM_PACKET_SIZE)
        && !connection
            .wire()
            .fits(new Connack(false, ReasonCode.SUCCESS, granted(connection, connect)))) {
      throw new ProtocolViolation(
          ReasonCode.PACKET_TOO_LARGE, "MQTT-3.1.2-24", "CONNACK is too long for you");
    }
  }

  /// Two that each take the place of the other cost everybody more than them.
  private void requireRareTakeovers(Limits limits, Takeovers takeovers) {
    if (!takeovers.take(limits.ceilings().takeoversPerMinuteMax(), loop.nowMillis())) {
      loop.tally().count(Counter.TAKEOVERS_REFUSED);
      throw new ProtocolViolation(
          ReasonCode.CONNECTION_RATE_EXCEEDED,
          "",
          "this client identifier was used again too often");
    }
  }

  /// The session of the client has ended for good. Who came in the meantime came later.
  private void takeEmptyPlace(
      Connection connection, Connect connect, Takeovers takeovers, Receipt ended) {
    if (ended.hasFailed()) {
      throw new IllegalStateException("the end of a session is not kept");
    } else if (loop.client(connection.clientId()) != null) {
      connection.disconnect(ReasonCode.SESSION_TAKEN_OVER, "client identifier used again");
    } else {
      takePlace(connection, connect, takeovers, null);
    }
  }

  private void takePlace(
      Connection connection, Connect connect, Takeovers takeovers, @Nullable Client known) {
    loop.accesses().judgeAgain(connection, connect.will());
    boolean resumed = known != null;
    Client client = known != null ? known : loop.newClient(connection);
    if (!client.holding().moveTo(connection.wire().shares())) {
      throw loop.tooManySessions();
    }
    if (!loop.reserveFor(client, keptBytes(connect))) {
      if (!resumed) {
        loop.forget(client);
        client.holding().end();
      }
      throw new ProtocolViolation(
          ReasonCode.QUOTA_EXCEEDED, "", "no room for the will and the client identifier");
    }
    client.takeovers(takeovers);
    loop.departures().returned(client);
    establish(connection, connect, client, resumed);
    loop.recalls().resume(client, connection);
  }

  /// What a session keeps of CONNECT beyond what any session takes, in bytes: each of them may be
  /// long, and there may be many sessions.
  private static int keptBytes(Connect connect) {
    Will will = connect.will();
    int bytes = connect.clientId().length();
    if (will != null) {
      bytes += will.topic().length() + will.payload().length + will.properties().encoded().length;
    }
    return Math.max(0, bytes - UNCOUNTED_BYTES);
  }

  private void establish(Connection connection, Connect connect, Client client, boolean resumed) {
    Limits limits = connection.limits();
    Session session = client.session();
    Properties asked = connect.properties();
    session.expirySeconds(grantedExpirySeconds(connect, limits));
    session.will(connect.will());
    session.received().connected();
    int keepAliveSeconds = grantedKeepAliveSeconds(connect.keepAliveSeconds(), limits);
    int receiveMax = (int) asked.number(Property.RECEIVE_MAXIMUM, 65_535);
    connection.establish(
        client,
        new TopicAliases(
            connect.version().hasProperties() ? limits.topicAliasMax() : 0,
            (int) Math.min(asked.number(Property.TOPIC_ALIAS_MAXIMUM, 0), limits.topicAliasMax())),
        new Outgoing(Math.min(receiveMax, limits.inflightMax())),
        keepAliveSeconds);
    loop.accesses().established(connection);
    client.settle(Long.MAX_VALUE, Long.MAX_VALUE);
    connection.tally().count(Counter.CONNECTS_ACCEPTED);
    connection.wire().welcome();
    connection.send( // [MQTT-3.2.2-2] [MQTT-3.2.2-3]
        new Connack(resumed, ReasonCode.SUCCESS, granted(connection, connect)));
    loop.journal().connected(connection);
    connection.gate().open(ReadGate.Reason.CONNECTING);
  }

  /// For how long the session outlives the connection, in seconds: what was asked, up to what the
  /// listener grants.
  private static long grantedExpirySeconds(Connect connect, Limits limits) {
    long asked =
        connect.version().keepsUncleanSessions()
            ? connect.cleanStart() ? 0 : Session.NEVER
            : connect.properties().number(Property.SESSION_EXPIRY_INTERVAL, 0);
    return Math.min(asked, limits.sessionSecondsMax());
  }

  private static int grantedKeepAliveSeconds(int asked, Limits limits) {
    int max = limits.keepAliveSecondsMax();
    return max > 0 && (asked == 0 || asked > max) ? max : asked;
  }

  /// What the server says in CONNACK of MQTT 5.0: where it differs from what was asked, or from
  /// what a client assumes when nothing is said (3.2.2.3).
  private static Properties granted(Connection connection, Connect connect) {
    if (!connect.version().hasProperties()) {
      return Properties.NONE;
    }
    Limits limits = connection.limits();
    Properties asked = connect.properties();
    Properties.Builder granted = Properties.builder();
    if (connect.clientId().isEmpty()) { // [MQTT-3.2.2-16]
      granted.text(Property.ASSIGNED_CLIENT_IDENTIFIER, connection.clientId());
    }
    long expirySeconds = grantedExpirySeconds(connect, limits);
    if (expirySeconds != asked.number(Property.SESSION_EXPIRY_INTERVAL, 0)) {
      granted.number(Property.SESSION_EXPIRY_INTERVAL, expirySeconds);
    }
    int keepAliveSeconds = grantedKeepAliveSeconds(connect.keepAliveSeconds(), limits);
    if (keepAliveSeconds != connect.keepAliveSeconds()) { // [MQTT-3.2.2-21]
      granted.number(Property.SERVER_KEEP_ALIVE, keepAliveSeconds);
    }
    offers(limits, granted);
    String information = "response/" + connection.clientId() + "/";
    if (asked.number(Property.REQUEST_RESPONSE_INFORMATION, 0) == 1 // [MQTT-3.1.2-28]
        && Utf8.bytes(information).length <= TEXT_BYTES_MAX) {
      granted.text(Property.RESPONSE_INFORMATION, information);
    }
    Authentication authentication = connection.authentication();
    if (authentication != null) {
      granted.text(Property.AUTHENTICATION_METHOD, authentication.methodName());
      if (authentication.lastData().length > 0) {
        granted.binary(Property.AUTHENTICATION_DATA, authentication.lastData());
      }
    }
    return granted.build();
  }

  private static void offers(Limits limits, Properties.Builder granted) {
    if (limits.receiveMax() < 65_535) {
      granted.number(Property.RECEIVE_MAXIMUM, limits.receiveMax());
    }
    if (limits.qosMax().level() < 2) { // [MQTT-3.2.2-9]
      granted.number(Property.MAXIMUM_QOS, limits.qosMax().level());
    }
    if (!limits.retain()) {
      granted.number(Property.RETAIN_AVAILABLE, 0);
    }
    if (limits.packetBytesMax() < 268_435_460) {
      granted.number(Property.MAXIMUM_PACKET_SIZE, limits.packetBytesMax());
    }
    if (limits.topicAliasMax() > 0) {
      granted.number(Property.TOPIC_ALIAS_MAXIMUM, limits.topicAliasMax());
    }
    if (!limits.wildcards()) {
      granted.number(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 0);
    }
    if (!limits.subscriptionIds()) {
      granted.number(Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 0);
    }
    if (!limits.shared()) {
      granted.number(Property.SHARED_SUBSCRIPTION_AVAILABLE, 0);
    }
  }
}
