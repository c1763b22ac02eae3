package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Messages that are published and read by HTTP.
class MessageDeskTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  /// Here an address may have one session, and nobody is exempt.
  @RegisterExtension
  static final TestServer NARROW = TestServer.local().addresses("sessions_max: 1");

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  private static HttpResponse<byte[]> publish(Visitor visitor, String query, String payload) {
    return visitor.send("POST", "/api/v1/messages?" + query, payload.getBytes(UTF_8));
  }

  @Test
  void whatIsPublishedReachesASubscriber() {
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "reader")) {
      client.send("82 ( 0001 \"curl/+\" 01 )").expectType(WirePacket.SUBACK);
      HttpResponse<byte[]> answer = publish(visitor, "topic=curl/a%20b", "hello");

      WirePacket message = client.expectType(WirePacket.PUBLISH);
      assertThat(message.topic()).isEqualTo("curl/a b");
      assertThat(message.text()).isEqualTo("hello");
      assertThat(new String(answer.body(), UTF_8))
          .isEqualTo(
              "{\"topic\":\"curl/a"
                  + " b\",\"bytes\":5,\"qos\":1,\"retain\":false,\"subscribed\":true}\n");
    }
    assertThat(new String(publish(visitor, "topic=curl/nobody", "x").body(), UTF_8))
        .contains("\"subscribed\":false");
  }

  @Test
  void theNextMessageIsReadAsItComes() {
    CompletableFuture<HttpResponse<byte[]>> next =
        CompletableFuture.supplyAsync(
            () -> visitor.get("/api/v1/messages?topic=next/%2B&seconds=8"));
    try (RawClient client = RawClient.connected(SERVER.port(), 5, "speaker")) {
      int reason = 0x10; // Nobody has subscribed yet.
      for (int id = 1; reason == 0x10 && !next.isDone(); id++) {
        client.send("32 ( \"next/one\" %04x ( ) 'it' )".formatted(id % 0xffff + 1));
        byte[] body = client.expectType(WirePacket.PUBACK).body();
        reason = body.length > 2 ? body[2] & 0xff : 0;
      }
      client.leave();
    }
    assertThat(new String(next.join().body(), UTF_8))
        .isEqualTo("{\"topic\":\"next/one\",\"payload\":\"it\",\"qos\":1,\"retain\":false}\n");
  }

  @Test
  void aRetainedMessageIsReadAtOnceUnlessItIsNotWanted() {
    assertThat(publish(visitor, "topic=kept/x&retain=true&qos=0", "old").statusCode())
        .isEqualTo(200);

    assertThat(visitor.text("/api/v1/messages?topic=kept/x")).contains("\"retain\":true");
    HttpResponse<byte[]> raw = visitor.get("/api/v1/messages?topic=kept/%23&raw=true");
    assertThat(raw.headers().firstValue("content-type")).hasValue("application/octet-stream");
    assertThat(raw.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(raw.body()).asString().isEqualTo("old");
    assertThat(visitor.get("/api/v1/messages?topic=kept/x&retained=false&seconds=1").statusCode())
        .isEqualTo(204);
  }

  @Test
  void whatIsNoTextComesInBase64() {
    visitor.send("POST", "/api/v1/messages?topic=bytes&retain=true", new byte[] {(byte) 0xff, 0});

    assertThat(visitor.text("/api/v1/messages?topic=bytes"))
        .contains("\"payload_base64\":\"/wA=\"");
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
    HttpResponse<byte[]> answer = publish(visitor, query, "x");

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
  }

  /// It is the address of the visitor that has as much as it may, not that of the server.
  @Test
  void itIsCountedForTheAddressOfTheVisitor() {
    Visitor narrow = new Visitor(() -> NARROW.port("web"));
    assertThat(publish(narrow, "topic=a", "x").statusCode()).isEqualTo(200);
    try (RawClient client = RawClient.connected(NARROW.port(), 4, "only")) {
      HttpResponse<byte[]> refused = publish(narrow, "topic=a", "x");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("retry-after")).hasValue("10");
      client.leave();
    }
  }
}
