package dev.midge.web;

import dev.midge.listener.Endpoint;
import java.util.List;

/// How to get a first message from a listener, with the tools that people have.
///
/// @param id a word for it, good as part of an identifier
/// @param tool what it is for
/// @param code what to copy
record Snippet(String id, String tool, String code) {

  /// Those for a listener of anyone's, over TCP.
  ///
  /// @param host the host as the visitor knows it
  static List<Snippet> of(Endpoint endpoint, String host) {
    String url = endpoint.url(host);
    String at = "\"" + host + "\", " + endpoint.port();
    return List.of(
        new Snippet(
            "mosquitto",
            "mosquitto",
            """
            mosquitto_sub -h %1$s -p %2$d -t 'demo/#' -v
            mosquitto_pub -h %1$s -p %2$d -t hello/midge -m world\
            """
                .formatted(host, endpoint.port())),
        new Snippet(
            "python",
            "Python",
            """
            import paho.mqtt.client as mqtt

            def on_message(client, userdata, message):
                print(message.topic, message.payload.decode())

            client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
            client.on_message = on_message
            client.connect(%s)
            client.subscribe("demo/#")
            client.loop_forever()\
            """
                .formatted(at)),
        new Snippet(
            "javascript",
            "JavaScript",
            """
            import mqtt from "mqtt";

            const client = mqtt.connect("%s");
            client.on("message", (topic, payload) => console.log(topic, payload.toString()));
            client.subscribe("demo/#");\
            """
                .formatted(url)),
        new Snippet(
            "java",
            "Java",
            """
            var client = Mqtt5Client.builder().serverHost("%s").serverPort(%d).buildAsync();
            client.connect().join();
            client.subscribeWith().topicFilter("demo/#")
                .callback(m -> System.out.println(m.getTopic() + " " + new String(m.getPayloadAsBytes())))
                .send();\
            """
                .formatted(host, endpoint.port())),
        new Snippet(
            "arduino",
            "Arduino",
            """
            PubSubClient client(%s, onMessage, wifi);
            client.connect("board-1");
            client.subscribe("demo/#");\
            """
                .formatted(at)));
  }
}
