package dev.midge.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.Counter;
import dev.midge.broker.Drop;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may do what (4.13, 5.4.2): the policies of the access file, at each place where they hold.
final class AccessTest {
  private static final String POLICIES =
      """
      own:
        read: ["in/%c/#", "to/%u/#", "news/+"]
        write: ["out/%c", "from/%u/+"]
        deny: ["news/secret"]
      wide:
        subscribe: ["#"]
        read: ["open/#"]
        write: ["#"]
      brief:
        read: ["#"]
        write: ["#"]
        literal: { "#": { user: wildcard, seconds: 1 } }
      """;
  private static final String NARROWED =
      POLICIES
          .replace("\"news/+\"", "\"weather/+\"")
          .replace("[\"open/#\"]", "[\"other/#\"]")
          .replace("[\"out/%c\", \"from/%u/+\"]", "[\"nowhere\"]");

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .access(POLICIES, "")
          .listener("own", "access: { policy: own }")
          .listener("wide", "access: { policy: wide }")
          .listener("brief", "access: { policy: brief }");

  @ParameterizedTest
  @ValueSource(strings = {"news/secret", "$share/group/news/secret"})
  void whatIsDeniedIsNotSubscribedToEither(String filter) {
    for (int version = 3; version <= 5; version++) {
      try (RawClient client = RawClient.connected(SERVER.port("own"), version, "me")) {
        client
            .send(Packets.subscribe(version, filter, 0))
            .expect(version == 5 ? "90 ( 0001 00 87 )" : "90 ( 0001 80 )");
        client
            .send(Packets.subscribe(version, "news/+", 0))
            .expect(version == 5 ? "90 ( 0001 00 00 )" : "90 ( 0001 00 )");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void aMemberOfAGroupLeavesToOthersWhatItMayNotRead(int version) {
    long before = SERVER.count(Drop.NOT_READABLE);
    String filter = "$share/readers/+/shared";
    try (RawClient wide = Packets.subscriber(SERVER.port("wide"), version, "wide", filter, 1);
        RawClient publisher = RawClient.connected(SERVER.port(), version, "source")) {
      try (RawClient all = Packets.subscriber(SERVER.port(), version, "all", filter, 1)) {
        for (int i = 0; i < 4; i++) {
          Packets.publishSafely(publisher, 0, "closed/shared", "closed " + i);
          Packets.publishSafely(publisher, 0, "closed/shared", "end");
          assertThat(Packets.textsUntil(all, "end")).containsExactly("closed " + i);
        }
        wide.expectNothing();
        assertThat(SERVER.count(Drop.NOT_READABLE)).isEqualTo(before);
        all.leave();
      }
      Packets.publishSafely(publisher, 0, "closed/shared", "for nobody");
      Packets.publishSafely(publisher, 0, "open/shared", "for both");
      assertThat(wide.expectType(WirePacket.PUBLISH).text()).isEqualTo("for both");
    }
    assertThat(SERVER.count(Drop.NOT_READABLE)).isEqualTo(before + 1);
  }

  @AfterEach
  void restoreRules() throws IOException {
    SERVER.replaceAccess(POLICIES, "");
  }

  @ParameterizedTest
  @CsvSource({"3, rw", "4, rw", "5, rw", "3, wo", "4, wo", "5, wo"})
  void whoMayWriteReachesWhoMayRead(int version, String writer) {
    String topic = "account/%d/%s".formatted(version, writer);
    try (RawClient reader = account(version, "ro", "reader");
        RawClient publisher = account(version, writer, "writer")) {
      reader.send(Packets.subscribe(version, topic, 0)).expectType(WirePacket.SUBACK);
      Packets.publishSafely(publisher, 0, topic, "hello");
      assertThat(reader.expectType(WirePacket.PUBLISH).text()).isEqualTo("hello");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "#", "a/+", "$share/group/a", "$SYS/#"})
  void whoMayOnlyWriteSubscribesToNothing(String filter) {
    for (int version = 4; version <= 5; version++) {
      try (RawClient client = account(version, "wo", "writer")) {
        client
            .send(Packets.subscribe(version, filter, 0))
            .expect(version == 5 ? "90 ( 0001 00 87 )" : "90 ( 0001 80 )");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void whatWhoMayOnlyReadPublishesReachesNobody(int version) {
    long before = SERVER.count(Drop.NOT_AUTHORIZED);
    try (RawClient witness = Packets.subscriber(SERVER.port(), version, "witness", "ro/#", 0);
        RawClient client = account(version, "ro", "reader")) {
      client.send(Packets.publish(version, 0, "ro/a", "no"));
      client.send(Packets.publish(version, 2, "ro/a", "no"));
      client.expect(version == 5 ? "40 ( 0003 87 00 )" : "40 ( 0003 )");
      client.send(Packets.publish(version, 5, "ro/a", "no"));
      client.expect(version == 5 ? "50 ( 0003 87 00 )" : "50 ( 0003 )");
      if (version < 5) {
        client.send("62 02 0003").expect("70 02 0003");
      }
      witness.expectNothing();
    }
    assertThat(SERVER.count(Drop.NOT_AUTHORIZED) - before).isEqualTo(3);
    try (RawClient late = Packets.subscriber(SERVER.port(), version, "late", "ro/a", 0)) {
      late.expectNothing(); // It is not retained either.
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void aWillNeedsThePermissionOfAPublish(int version) {
    try (RawClient client = RawClient.open(SERVER.port("plain-auth")).speak(version)) {
      client.send(connectWithWill(version, "ro", "readonly", "wills/a"));
      if (version == 5) {
        assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x87);
      } else {
        client.expect("20 02 00 05");
      }
      client.expectClosed();
    }
    try (RawClient witness = Packets.subscriber(SERVER.port(), version, "heirs", "wills/a", 0)) {
      try (RawClient client = RawClient.open(SERVER.port("plain-auth")).speak(version)) {
        client.send(connectWithWill(version, "wo", "writeonly", "wills/a"));
        client.expectType(WirePacket.CONNACK);
      }
      assertThat(witness.expectType(WirePacket.PUBLISH).text()).isEqualTo("gone");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "in/me, 00", "in/me/#, 00", "in/me/a/+, 00", "in/#, 87", "in/+/a, 87", "in/you/#, 87",
    "news/today, 00", "news/+, 00", "news/#, 87", "+/today, 87", "#, 87", "in, 87",
    "$share/g/in/me/#, 00", "$share/g/in/you, 87", "to/me/a, 87", "to//a, 87", "$SYS/#, 87",
  })
  void aFilterIsGrantedIfAllThatItMatchesMayBeRead(String filter, String answer) {
    try (RawClient client = RawClient.connected(SERVER.port("own"), 5, "me")) {
      client.send(Packets.subscribe(5, filter, 0)).expect("90 ( 0001 00 " + answer + " )");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"+", "#", "a/b", "+/+", "$x"})
  void aNameThatLooksLikeAFilterMakesNoRuleWider(String id) {
    try (RawClient client = RawClient.connected(SERVER.port("own"), 5, id)) {
      client.send(Packets.subscribe(5, "in/" + id, 0));
      client.expect("90 ( 0001 00 87 )");
      client.send(Packets.subscribe(5, "in/victim/x", 0)).expect("90 ( 0001 00 87 )");
      client.send(Packets.publish(5, 2, "out/victim", "x")).expect("40 ( 0003 87 00 )");
    }
  }

  @Test
  void aUserNameThatIsNotProvedCountsForNothing() {
    try (RawClient client = RawClient.open(SERVER.port("own")).speak(5)) {
      client
          .send("10 ( \"MQTT\" 05 82 003c ( ) \"liar\" \"boss\" )")
          .expectType(WirePacket.CONNACK);
      client.send(Packets.subscribe(5, "to/boss/a", 0)).expect("90 ( 0001 00 87 )");
      client.send(Packets.publish(5, 2, "from/boss/a", "x")).expect("40 ( 0003 87 00 )");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void whatMayNotBeReadIsNotDeliveredWhateverTheFilter(int qos) {
    try (RawClient reader = Packets.subscriber(SERVER.port("wide"), 5, "wide", "#", qos);
        RawClient publisher = RawClient.connected(SERVER.port(), 5, "source")) {
      Packets.publishSafely(publisher, 0, "closed/a", "no");
      Packets.publishSafely(publisher, 0, "open/a", "yes");
      assertThat(reader.expectType(WirePacket.PUBLISH).text()).isEqualTo("yes");
    }
  }

  @Test
  void retainedMessagesThatMayNotBeReadAreNotSent() {
    try (RawClient publisher = RawClient.connected(SERVER.port(), 5, "source")) {
      Packets.publishSafely(publisher, 1, "closed/r", "no");
      Packets.publishSafely(publisher, 1, "open/r", "yes");
    }
    try (RawClient reader = Packets.subscriber(SERVER.port("wide"), 5, "wide", "+/r", 0)) {
      assertThat(reader.expectType(WirePacket.PUBLISH).text()).isEqualTo("yes");
      reader.expectNothing();
    }
    try (RawClient publisher = RawClient.connected(SERVER.port(), 5, "source")) {
      Packets.publishSafely(publisher, 1, "closed/r", "");
      Packets.publishSafely(publisher, 1, "open/r", "");
    }
  }

  @Test
  void whoTakesOverASessionGetsNothingThatWaitsThereForSomebodyElse() {
    try (RawClient owner = Publishing.resumed(SERVER.port(), 5, "heritage")) {
      owner.send(Packets.subscribe(5, "+/h", 1)).expectType(WirePacket.SUBACK);
      owner.leave();
    }
    Publishing.publishAtQos1(SERVER.port(), "closed/h", "no");
    Publishing.publishAtQos1(SERVER.port(), "open/h", "yes");
    try (RawClient heir = Publishing.resumed(SERVER.port("wide"), 5, "heritage")) {
      assertThat(heir.expectType(WirePacket.PUBLISH).text()).isEqualTo("yes");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void otherRulesHoldForThoseWhoAreConnectedToo(int version) throws IOException {
    long before = SERVER.count(Counter.SUBSCRIPTIONS_WITHDRAWN);
    try (RawClient own = Packets.subscriber(SERVER.port("own"), version, "me", "news/+", 0);
        RawClient wide = Packets.subscriber(SERVER.port("wide"), version, "wide", "#", 0);
        RawClient publisher = RawClient.connected(SERVER.port(), version, "source")) {
      Packets.publishSafely(publisher, 0, "news/1", "one");
      assertThat(own.expectType(WirePacket.PUBLISH).text()).isEqualTo("one");

      SERVER.replaceAccess(NARROWED, "");
      Packets.publishSafely(publisher, 0, "news/2", "two");
      Packets.publishSafely(publisher, 0, "open/2", "two");
      Packets.publishSafely(publisher, 0, "other/2", "two");
      own.expectNothing();
      assertThat(wide.expectType(WirePacket.PUBLISH).topic()).isEqualTo("other/2");
      own.send(Packets.publish(version, 2, "out/me", "x"));
      own.expect(version == 5 ? "40 ( 0003 87 00 )" : "40 ( 0003 )");
    }
    assertThat(SERVER.count(Counter.SUBSCRIPTIONS_WITHDRAWN) - before).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void aPolicyThatGetsAnotherNameStaysThatOfItsClients(int version) throws IOException {
    String file = "20000-own.yaml";
    String listener = SERVER.text(file);
    try (RawClient own = Packets.subscriber(SERVER.port("own"), version, "me", "news/+", 0);
        RawClient publisher = RawClient.connected(SERVER.port(), version, "source")) {
      SERVER.write(file, listener.replace("policy: own", "policy: mine"));
      SERVER.replaceAccess(NARROWED.replaceFirst("own:", "mine:").replace("weather", "news"), "");
      Packets.publishSafely(publisher, 0, "news/1", "one");
      assertThat(own.expectType(WirePacket.PUBLISH).text()).isEqualTo("one");
      own.send(Packets.publish(version, 2, "out/me", "x"));
      own.expect(version == 5 ? "40 ( 0003 87 00 )" : "40 ( 0003 )");
    } finally {
      SERVER.write(file, listener);
    }
  }

  @Test
  void whoseAccountIsGoneIsSentAway() throws IOException {
    SERVER.replaceAccess(
        POLICIES,
        "guest: { policy: everything, password: \"$2b$04$eRWDv1VmmN0kc34oc9Mv2uc"
            + ".i.uk/oK4crlcCCl4Md5fpACDCiSNW\" }");
    try (RawClient client = RawClient.open(SERVER.port("plain-auth")).speak(5)) {
      client.send(connect(5, "guest", "guest", "readonly")).expectType(WirePacket.CONNACK);
      client.expectNothing();
      SERVER.replaceAccess(POLICIES, "");
      client.expectEnd(0x87);
    }
  }

  @Test
  void aFilterForATimeIsGrantedOncePerSessionToWhoeverItIsFor() {
    try (RawClient client = RawClient.open(SERVER.port("brief")).speak(5);
        RawClient publisher = RawClient.connected(SERVER.port(), 5, "source")) {
      client.send(connect(5, "w", "wildcard", "")).expectType(WirePacket.CONNACK);
      client.send(Packets.subscribe(5, "#", 0)).expect("90 ( 0001 00 00 )");
      Packets.publishSafely(publisher, 0, "brief", "in time");
      assertThat(client.expectType(WirePacket.PUBLISH).text()).isEqualTo("in time");
      Publishing.letPass(2, SERVER.port());
      Packets.publishSafely(publisher, 0, "brief", "too late");
      client.expectNothing();
      client.send(Packets.subscribe(5, "#", 0)).expect("90 ( 0001 00 87 )");
    }
  }

  @ParameterizedTest
  @CsvSource({"#, 87", "$share/g/#, 87", "+/#, 00", "a/#, 00"})
  void othersDoNotGetIt(String filter, String answer) {
    try (RawClient client = RawClient.connected(SERVER.port("brief"), 5, "w")) {
      client.send(Packets.subscribe(5, filter, 0)).expect("90 ( 0001 00 " + answer + " )");
    }
  }

  private static RawClient account(int version, String name, String id) {
    String password =
        switch (name) {
          case "rw" -> "readwrite";
          case "ro" -> "readonly";
          default -> "writeonly";
        };
    RawClient client = RawClient.open(SERVER.port("plain-auth")).speak(version);
    client.send(connect(version, id, name, password));
    assertThat(client.expectType(WirePacket.CONNACK).reason()).isZero();
    return client;
  }

  private static String connect(int version, String id, String name, String password) {
    return "10 ( %s %02x c2 003c %s \"%s\" \"%s\" \"%s\" )"
        .formatted(
            version == 3 ? "\"MQIsdp\"" : "\"MQTT\"",
            version,
            Packets.noProperties(version),
            id,
            name,
            password);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aWillThatComesAfterARestartIsJudgedByTheRulesOfThen(boolean narrows) {
    String topic = "after/" + narrows;
    RawClient client = RawClient.open(SERVER.port("wide")).speak(5);
    client
        .send(
            "10 ( \"MQTT\" 05 24 003c ( 11 0000ffff ) \"absent-%s\" ( ) \"%s\" [ 'gone' ] )"
                .formatted(narrows, topic))
        .expectType(WirePacket.CONNACK);

    SERVER.restart(() -> {
      if (narrows) {
        SERVER.writeAccess(POLICIES.replace("write: [\"#\"]", "write: [\"elsewhere\"]"), "");
      }
    });
    client.close();

    try (RawClient witness = Packets.subscriber(SERVER.port(), 5, "heir", topic, 0)) {
      if (narrows) {
        Publishing.letPass(1, SERVER.port());
        assertThat(SERVER.count(Drop.NOT_AUTHORIZED)).isEqualTo(1);
        witness.expectNothing();
      } else {
        assertThat(witness.expectType(WirePacket.PUBLISH).text()).isEqualTo("gone");
        witness.send("33 ( \"%s\" 0003 ( ) )".formatted(topic)); // It was retained.
        witness.expectType(WirePacket.PUBLISH);
        witness.expectType(WirePacket.PUBACK);
      }
    }
  }

  private static String connectWithWill(int version, String name, String password, String topic) {
    return "10 ( %s %02x c6 003c %s \"testator\" %s \"%s\" [ 'gone' ] \"%s\" \"%s\" )"
        .formatted(
            version == 3 ? "\"MQIsdp\"" : "\"MQTT\"",
            version,
            Packets.noProperties(version),
            Packets.noProperties(version),
            topic,
            name,
            password);
  }
}
