package dev.midge.broker;

import dev.midge.packet.Packet.Puback;
import dev.midge.packet.Packet.Pubcomp;
import dev.midge.packet.Packet.Pubrec;
import dev.midge.packet.Packet.Pubrel;
import dev.midge.packet.Properties;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.QoS;
import dev.midge.packet.ReasonCode;
import dev.midge.session.Delivery;
import dev.midge.session.Delivery.State;

/// What clients answer to messages of QoS 1 and 2 (3.4 to 3.7, 4.3). Home loop only.
final class AckFlow {
  private final BrokerLoop loop;

  AckFlow(BrokerLoop loop) {
    this.loop = loop;
  }

  /// Takes PUBACK: a delivery of QoS 1 is done with. One that the client refuses is, too.
  void acknowledged(Connection connection, Puback puback) {
    Client client = connection.client();
    Delivery delivery = client.session().inflight().find(puback.packetId());
    if (delivery != null) {
      require(delivery.qos() == QoS.AT_LEAST_ONCE, "PUBACK for QoS 2");
      client.finish(delivery);
      connection.outgoing().earn(delivery);
      loop.deliveries().pump(client);
    }
  }

  /// Takes PUBREC: a delivery of QoS 2 has arrived, or was refused. [MQTT-4.3.3-4]
  void received(Connection connection, Pubrec pubrec) {
    Client client = connection.client();
    Delivery delivery = client.session().inflight().find(pubrec.packetId());
    if (delivery == null) {
      if (!pubrec.reason().isError()) {
        connection.send(
            new Pubrel(pubrec.packetId(), ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, Properties.NONE));
      }
      return;
    }
    require(delivery.qos() == QoS.EXACTLY_ONCE, "PUBREC for QoS 1");
    if (pubrec.reason().isError()) {
      client.finish(delivery);
      connection.outgoing().earn(delivery);
      loop.deliveries().pump(client);
      return;
    }
    long before = loop.promises();
    if (delivery.state() == State.PUBLISHED) {
      client.session().inflight().release(delivery);
      connection.outgoing().spend(delivery);
      client.promise().released(client.session(), delivery);
    }
    connection
        .answers()
        .send(
            new Pubrel(pubrec.packetId(), ReasonCode.SUCCESS, Properties.NONE),
            loop.receiptSince(before));
  }

  /// Takes PUBCOMP: a delivery of QoS 2 is done with.
  void completed(Connection connection, Pubcomp pubcomp) {
    Client client = connection.client();
    Delivery delivery = client.session().inflight().find(pubcomp.packetId());
    if (delivery != null) {
      require(delivery.state() == State.RELEASED, "PUBCOMP before PUBREC");
      client.finish(delivery);
      connection.outgoing().earn(delivery);
      loop.deliveries().pump(client);
    }
  }

  /// An acknowledgement must be the one that comes next in its flow (4.3).
  private static void require(boolean isNext, String detail) {
    if (!isNext) {
      throw ProtocolViolation.protocolError("", detail);
    }
  }
}
