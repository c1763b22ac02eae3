package dev.midge.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Messages that are published and read by HTTP.
class MessageDeskTest {
  private static final String MESSAGES = "/api/v1/messages";

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  /// Here an address may have one session, and nobody is exempt.
  @RegisterExtension
  static final TestServer NARROW = TestServer.local().addresses("sessions_max: 1");

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  private static ValidatableResponse publish(Visitor visitor, String topic, String payload) {
    return visitor.ask().queryParam("topic", topic).body(payload).post(MESSAGES).then();
  }

  private RequestSpecification asking(String filter) {
    return visitor.ask().queryParam("topic", filter);
  }

  @Test
  void whatIsPublishedReachesASubscriber() {
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "reader")) {
      client.send("82 ( 0001 \"curl/+\" 01 )").expectType(WirePacket.SUBACK);
      publish(visitor, "curl/a b", "hello")
          .statusCode(200)
          .body("topic", equalTo("curl/a b"), "bytes", equalTo(5), "qos", equalTo(1))
          .body("retain", equalTo(false), "subscribed", equalTo(true));

      WirePacket message = client.expectType(WirePacket.PUBLISH);
      assertThat(message.topic()).isEqualTo("curl/a b");
      assertThat(message.text()).isEqualTo("hello");
    }
    publish(visitor, "curl/nobody", "x").body("subscribed", equalTo(false));
  }

  @Test
  void theNextMessageIsReadAsItComes() {
    CompletableFuture<Response> next =
        CompletableFuture.supplyAsync(
            () -> asking("next/+").queryParam("seconds", 8).get(MESSAGES));
    try (RawClient client = RawClient.connected(SERVER.port(), 5, "speaker")) {
      int reason = 0x10; // Nobody has subscribed yet.
      for (int id = 1; reason == 0x10 && !next.isDone(); id++) {
        client.send("32 ( \"next/one\" %04x ( ) 'it' )".formatted(id % 0xffff + 1));
        byte[] body = client.expectType(WirePacket.PUBACK).body();
        reason = body.length > 2 ? body[2] & 0xff : 0;
      }
      client.leave();
    }
    next.join()
        .then()
        .body("topic", equalTo("next/one"), "payload", equalTo("it"), "qos", equalTo(1))
        .body("retain", equalTo(false));
  }

  @Test
  void aRetainedMessageIsReadAtOnceUnlessItIsNotWanted() {
    asking("kept/x")
        .queryParam("retain", true)
        .queryParam("qos", 0)
        .body("old")
        .post(MESSAGES)
        .then()
        .statusCode(200);

    asking("kept/x").get(MESSAGES).then().body("retain", equalTo(true));
    Response raw = asking("kept/#").queryParam("raw", true).get(MESSAGES);
    raw.then().contentType("application/octet-stream").header("cache-control", "no-store");
    assertThat(raw.asString()).isEqualTo("old");
    asking("kept/x")
        .queryParam("retained", false)
        .queryParam("seconds", 1)
        .get(MESSAGES)
        .then()
        .statusCode(204);
  }

  @Test
  void whatIsNoTextComesInBase64() {
    asking("bytes").queryParam("retain", true).body(new byte[] {(byte) 0xff, 0}).post(MESSAGES);

    asking("bytes").get(MESSAGES).then().body("payload_base64", equalTo("/wA="));
  }

  @ParameterizedTest
  @CsvSource({
    "topic=$SYS/x, 403",
    "topic=demo/x, 403",
    "topic=a/%2B, 400",
    "topic=a/%23, 400",
    "topic=, 400",
    "topic=a%00b, 400",
    "topic=a&qos=2, 400",
    "topic=a&retain=1, 400",
    "topic=a&ttl=1, 400"
  })
  void whatAnAnonymousClientMayNotIsRefused(String query, int status) {
    visitor
        .ask()
        .urlEncodingEnabled(false)
        .body("x")
        .post(MESSAGES + "?" + query)
        .then()
        .statusCode(status)
        .contentType("application/problem+json");
  }

  /// It is the address of the visitor that has as much as it may, not that of the server.
  @Test
  void itIsCountedForTheAddressOfTheVisitor() {
    Visitor narrow = new Visitor(() -> NARROW.port("web"));
    publish(narrow, "a", "x").statusCode(200);
    try (RawClient client = RawClient.connected(NARROW.port(), 4, "only")) {
      publish(narrow, "a", "x").statusCode(429).header("retry-after", "10");
      client.leave();
    }
  }
}
