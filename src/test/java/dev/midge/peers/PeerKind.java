package dev.midge.peers;

import java.util.ArrayList;
import java.util.List;

/// A client library, the version of MQTT that it is to speak, and over what.
///
/// @param version the protocol level: 3, 4 or 5
record PeerKind(Library library, int version, Transport transport) {

  /// The libraries.
  enum Library {
    HIVEMQ("HiveMQ client", 4),
    PAHO_JAVA("Paho for Java", 3),
    PAHO_PYTHON("Paho for Python", 3),
    MQTT_JS("MQTT.js", 3);

    private final String title;
    private final int oldestVersion;

    Library(String title, int oldestVersion) {
      this.title = title;
      this.oldestVersion = oldestVersion;
    }

    /// Whether its users can choose subscription identifiers and see them.
    boolean hasSubscriptionIds() {
      return this != HIVEMQ;
    }
  }

  /// All that there are.
  static List<PeerKind> all() {
    List<PeerKind> kinds = new ArrayList<>();
    for (Library library : Library.values()) {
      for (int version = library.oldestVersion; version <= 5; version++) {
        for (Transport transport : Transport.values()) {
          kinds.add(new PeerKind(library, version, transport));
        }
      }
    }
    return kinds;
  }

  /// Those of MQTT 5.0.
  static List<PeerKind> ofVersion5() {
    return all().stream().filter(kind -> kind.version == 5).toList();
  }

  /// Opens a client that is not connected yet.
  Peer open(int port, Inbox inbox) throws Exception {
    return switch (library) {
      case HIVEMQ ->
          version == 5
              ? new HiveMq5Peer(transport, port, inbox)
              : new HiveMqPeer(transport, port, inbox);
      case PAHO_JAVA ->
          version == 5
              ? new Paho5Peer(transport.uri(port), inbox)
              : new PahoPeer(transport.uri(port), version, inbox);
      case PAHO_PYTHON -> new ScriptPeer(Scripts.python(), transport, port, version, inbox);
      case MQTT_JS -> new ScriptPeer(Scripts.node(), transport, port, version, inbox);
    };
  }

  @Override
  public String toString() {
    String level = version == 3 ? "3.1" : version == 4 ? "3.1.1" : "5.0";
    return "%s, MQTT %s over %s".formatted(library.title, level, transport);
  }
}
