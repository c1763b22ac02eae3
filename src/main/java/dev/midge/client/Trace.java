package dev.midge.client;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/// What `-d` prints: a line for each packet that goes or comes, in the words of mosquitto. Packet
/// identifiers are left out: the client library keeps them to itself.
///
/// @param isOn whether to print at all
record Trace(boolean isOn, String clientId, PrintStream out) {

  /// A packet goes.
  void sending(String packet) {
    line("sending " + packet);
  }

  /// A packet has come.
  void received(String packet) {
    line("received " + packet);
  }

  /// A PUBLISH, in or out.
  static String publish(Message message) {
    return "PUBLISH (q%d, r%d, '%s', ... (%d bytes))"
        .formatted(
            message.qos(), message.isRetained() ? 1 : 0, message.topic(), message.payload().length);
  }

  /// The answer to a PUBLISH.
  void acknowledged(Message message, Reason reason) {
    if (message.qos() > 0) {
      received((message.qos() == 1 ? "PUBACK" : "PUBCOMP") + " (RC:" + reason.code() + ")");
    }
  }

  /// A SUBSCRIBE goes.
  void subscribing(List<String> filters, Link.SubscribeOptions options) {
    for (String filter : filters) {
      sending("SUBSCRIBE (Topic: " + filter + ", QoS: " + options.qos() + ")");
    }
  }

  /// A SUBACK has come.
  void subscribed(List<Reason> reasons) {
    received("SUBACK");
    if (isOn) {
      print(
          "Subscribed: "
              + reasons.stream()
                  .map(reason -> Integer.toString(reason.code()))
                  .collect(Collectors.joining(", ")));
    }
  }

  private void line(String what) {
    if (isOn) {
      print("Client " + (clientId.isEmpty() ? "(null)" : clientId) + " " + what);
    }
  }

  private void print(String line) {
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }
}
