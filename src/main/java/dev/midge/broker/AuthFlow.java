package dev.midge.broker;

import dev.midge.packet.Packet.Auth;
import dev.midge.packet.Packet.Connect;
import dev.midge.packet.Properties;
import dev.midge.packet.Property;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.ReasonCode;

/// Enhanced authentication, at CONNECT and again later (3.15, 4.12). Loop thread of the connection
/// only.
final class AuthFlow {
  private final BrokerLoop loop;

  AuthFlow(BrokerLoop loop) {
    this.loop = loop;
  }

  /// Begins the exchange that a CONNECT asks for. [MQTT-4.12.0-1]
  void begin(Connection connection, Connect connect, String methodName) {
    AuthMethod method = loop.authenticator().method(connection.limits(), methodName);
    if (method == null) {
      throw new ProtocolViolation(
          ReasonCode.BAD_AUTHENTICATION_METHOD, "MQTT-4.12.0-1", "unknown authentication method");
    }
    Authentication authentication = new Authentication(methodName, method, connect);
    connection.authentication(authentication);
    connection.gate().open(ReadGate.Reason.CONNECTING);
    step(connection, authentication, connect.properties().binary(Property.AUTHENTICATION_DATA));
  }

  /// Takes AUTH: the next step of the exchange, or the wish for another one. [MQTT-4.12.0-7]
  /// [MQTT-4.12.1-1]
  void receive(Connection connection, Auth auth) {
    Authentication authentication = connection.authentication();
    String methodName = auth.properties().text(Property.AUTHENTICATION_METHOD, "");
    if (authentication == null || !methodName.equals(authentication.methodName())) {
      throw ProtocolViolation.protocolError(
          "MQTT-4.12.0-5", "AUTH with another method than CONNECT");
    }
    boolean anew = auth.reason() == ReasonCode.RE_AUTHENTICATE;
    if ((anew && !connection.isConnected()) || anew == authentication.isUnderWay()) {
      throw ProtocolViolation.protocolError("MQTT-4.12.1-1", "AUTH out of turn");
    }
    step(connection, authentication, auth.properties().binary(Property.AUTHENTICATION_DATA));
  }

  private void step(Connection connection, Authentication authentication, byte[] data) {
    switch (authentication.next(data)) {
      case AuthMethod.Continue more ->
          connection.send(
              new Auth(
                  ReasonCode.CONTINUE_AUTHENTICATION,
                  properties(authentication.methodName(), more.data()))); // [MQTT-4.12.0-2]
      case AuthMethod.Accepted accepted -> {
        Identity identity = Identity.proved(accepted.userName());
        if (connection.isConnected()) {
          loop.accesses().identifiedAgain(connection, identity);
          connection.send(
              new Auth(
                  ReasonCode.SUCCESS, properties(authentication.methodName(), accepted.data())));
        } else {
          connection.gate().close(ReadGate.Reason.CONNECTING);
          loop.connects().authenticated(connection, authentication.connect(), identity);
        }
      }
      case AuthMethod.Refused refused -> // [MQTT-4.12.0-4] [MQTT-4.12.1-2]
          connection.disconnect(ReasonCode.NOT_AUTHORIZED, refused.detail());
    }
  }

  private static Properties properties(String methodName, byte[] data) {
    Properties.Builder properties =
        Properties.builder().text(Property.AUTHENTICATION_METHOD, methodName);
    if (data.length > 0) {
      properties.binary(Property.AUTHENTICATION_DATA, data);
    }
    return properties.build();
  }
}
