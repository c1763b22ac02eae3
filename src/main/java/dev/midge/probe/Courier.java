package dev.midge.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Does for a visitor of the web site what an anonymous client does: it comes to a listener as a
/// client of its own, counted for the address of the visitor. Blocks; any thread.
public final class Courier {
  private static final int PATIENCE_MILLIS = 5_000;

  private final OwnConnections own;
  private final Supplier<@Nullable InetSocketAddress> door;
  private final Random random;

  /// A message.
  ///
  /// @param retain whether it was retained before somebody asked for it
  public record Message(String topic, byte[] payload, int qos, boolean retain) {}

  /// The server does not do what it was asked for.
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final int reason;

    private Refused(String message, int reason) {
      super(message);
      this.reason = reason;
    }

    /// The reason code of MQTT 5.0, or 0 if the server did not say one.
    public int reason() {
      return reason;
    }
  }

  /// @param own who is told of its connections
  /// @param door where anonymous clients are let in by TCP, or null for nowhere
  /// @param random for client identifiers that nobody else has
  public Courier(OwnConnections own, Supplier<@Nullable InetSocketAddress> door, Random random) {
    this.own = own;
    this.door = door;
    this.random = random;
  }

  /// What is done with a connection.
  private interface Errand<T> {
    T run(MqttTalk talk, Socket socket) throws IOException, Refused;
  }

  /// Publishes a message.
  ///
  /// @param visitor whom it is counted for
  /// @param qos 0 or 1
  /// @return whether somebody had subscribed, as far as the server says so; true for QoS 0
  /// @throws Refused if it is not taken
  public boolean publish(InetAddress visitor, String topic, byte[] payload, int qos, boolean retain)
      throws Refused {
    return run(
        visitor,
        (talk, _) -> {
          int reason = talk.publish(topic, payload, qos, retain);
          require("PUBLISH", reason);
          return reason == 0;
        });
  }

  /// The next message of topics that a filter matches.
  ///
  /// @param visitor whom it is counted for
  /// @param wantsRetained whether one that is retained counts
  /// @param patience how long to wait for it
  /// @throws Refused if the visitor may not have it
  public Optional<Message> next(
      InetAddress visitor, String filter, boolean wantsRetained, Duration patience) throws Refused {
    return run(
        visitor,
        (talk, socket) -> {
          require("SUBSCRIBE", talk.subscribe(filter, wantsRetained));
          socket.setSoTimeout((int) patience.toMillis());
          try {
            MqttTalk.Received next = talk.next();
            return Optional.of(
                new Message(next.topic(), next.payload(), next.qos(), next.retain()));
          } catch (SocketTimeoutException none) {
            return Optional.empty();
          }
        });
  }

  private static void require(String what, int reason) throws Refused {
    if (MqttTalk.isRefusal(reason)) {
      throw new Refused(what + " was refused: 0x%02x.".formatted(reason), reason);
    }
  }

  private <T> T run(InetAddress visitor, Errand<T> errand) throws Refused {
    InetSocketAddress to = door.get();
    if (to == null) {
      throw new Refused("No listener takes anonymous clients by TCP.", 0);
    }
    InetSocketAddress from = null;
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(to.getAddress(), 0));
      from = (InetSocketAddress) socket.getLocalSocketAddress();
      own.begin(from, visitor);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(to, PATIENCE_MILLIS);
      MqttTalk talk = new MqttTalk(socket.getInputStream(), socket.getOutputStream(), true);
      String clientId = "midge-web-" + HexFormat.of().toHexDigits(random.nextLong());
      require("CONNECT", talk.connect(clientId, null, null));
      T result = errand.run(talk, socket);
      talk.leave();
      return result;
    } catch (MqttTalk.Ended e) {
      throw new Refused("The server ended the connection: " + e.getMessage() + ".", e.reason());
    } catch (IOException e) {
      throw new Refused("Your address has as much as it may, or the server is busy.", 0);
    } finally {
      if (from != null) {
        own.end(from);
      }
    }
  }
}
