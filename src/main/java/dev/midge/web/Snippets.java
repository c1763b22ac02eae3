package dev.midge.web;

import dev.midge.certs.RootForms;
import dev.midge.listener.Endpoint;
import dev.midge.listener.Endpoint.Auth;
import dev.midge.listener.Transport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes what a newcomer copies to get a first message from a listener: with the port, the path,
/// the certificate to trust, and what the client has to show there.
final class Snippets {
  private static final String NO_SCRAM = "cannot prove a password by SCRAM-SHA-256.";

  private final Endpoint endpoint;
  private final Host host;
  private final Login login;
  private final boolean isTls;
  private final boolean isWebSocket;

  /// The name of the file to trust, or null where a public authority has signed.
  private final @Nullable String caFile;

  private Snippets(Endpoint endpoint, Host host, Login login) {
    this.endpoint = endpoint;
    this.host = host;
    this.login = login;
    this.isTls = endpoint.tls() != null;
    this.isWebSocket = endpoint.transport() == Transport.WEBSOCKET;
    this.caFile = caFile(endpoint);
  }

  private static @Nullable String caFile(Endpoint endpoint) {
    Path file = endpoint.tls() == null ? null : endpoint.tls().caFile();
    return file == null ? null : String.valueOf(file.getFileName());
  }

  /// Those for a listener, as the visitor knows its host.
  static List<Snippet> of(Endpoint endpoint, Host host, Login login) {
    Snippets snippets = new Snippets(endpoint, host, login);
    if (endpoint.transport() == Transport.HTTP) {
      String trust = snippets.caFile == null ? "" : snippets.caFile;
      return List.of(new Snippet("curl", "curl", endpoint.command(host.name(), trust)));
    }
    List<Snippet> all = new ArrayList<>();
    all.add(new Snippet("shell", snippets.isWebSocket ? "npx" : "mosquitto", snippets.shell()));
    all.add(new Snippet("python", "Python", snippets.python()));
    all.add(new Snippet("javascript", "JavaScript", snippets.javaScript()));
    all.add(new Snippet("java", "Java", snippets.java()));
    all.add(new Snippet("c", "C", snippets.c()));
    if (!snippets.isWebSocket) {
      all.add(new Snippet("arduino", "Arduino", snippets.arduino()));
    }
    return all;
  }

  /// What to fetch first, as lines for a shell; or an empty string.
  static String preparation(Endpoint endpoint, Host host) {
    String file = caFile(endpoint);
    String trust = file == null ? "" : "curl -sO " + host.origin() + "/" + file;
    return endpoint.auth() != Auth.CERTIFICATE
        ? trust
        : (trust.isEmpty() ? "" : trust + "\n")
            + """
            openssl req -newkey rsa:2048 -nodes -keyout client.key -subj /CN=board-1 -out client.csr
            curl --data-binary @client.csr %s/api/v1/certificates -o client.crt\
            """
                .formatted(host.origin());
  }

  private String tokens() {
    return host.origin() + "/api/v1/tokens";
  }

  private String url(String plain, String tls) {
    String name = host.name().contains(":") ? "[" + host.name() + "]" : host.name();
    return (isTls ? tls : plain)
        + "://"
        + name
        + ":"
        + endpoint.port()
        + (isWebSocket ? endpoint.path() : "");
  }

  private String shell() {
    if (endpoint.auth() == Auth.SCRAM) {
      return "# mosquitto " + NO_SCRAM;
    }
    boolean isToken = endpoint.auth() == Auth.JWT;
    String password = isToken ? "\"$(curl -s " + tokens() + ")\"" : login.password();
    String user = isToken ? "me" : login.user();
    String trust = caFile == null ? "" : caFile;
    return endpoint.client("sub", host.name(), trust, user, password)
        + " -t 'demo/#' -v\n"
        + endpoint.client("pub", host.name(), trust, user, password)
        + " -t hello/midge -m world";
  }

  private String python() {
    if (endpoint.auth() == Auth.SCRAM) {
      return "# paho-mqtt " + NO_SCRAM;
    }
    StringBuilder more = new StringBuilder();
    if (isWebSocket) {
      more.append(", transport=\"websockets\"");
    }
    if (isTls) {
      more.append(", tls={");
      more.append(caFile == null ? "" : "\"ca_certs\": \"" + caFile + "\"");
      more.append(
          endpoint.auth() != Auth.CERTIFICATE
              ? ""
              : ",\n    \"certfile\": \"client.crt\", \"keyfile\": \"client.key\"");
      more.append("}");
    }
    boolean isToken = endpoint.auth() == Auth.JWT;
    if (isToken) {
      more.append(",\n    auth={\"username\": \"me\", \"password\": token}");
    } else if (endpoint.auth() == Auth.PASSWORD) {
      more.append(
          ",\n    auth={\"username\": \"%s\", \"password\": \"%s\"}"
              .formatted(login.user(), login.password()));
    }
    String token = isToken ? "token = urlopen(\"%s\").read().decode()\n".formatted(tokens()) : "";
    return """
    # pip install paho-mqtt
    %simport paho.mqtt.subscribe as subscribe

    %sdef show(client, userdata, message):
        print(message.topic, message.payload.decode())

    subscribe.callback(show, "demo/#", hostname="%s", port=%d%s)\
    """
        .formatted(
            isToken ? "from urllib.request import urlopen\n" : "",
            token.isEmpty() ? "" : token + "\n",
            host.name(),
            endpoint.port(),
            more);
  }

  private String javaScript() {
    if (endpoint.auth() == Auth.SCRAM) {
      return "// MQTT.js leaves SCRAM-SHA-256 to you: client.handleAuth(packet, callback).";
    }
    List<String> options = new ArrayList<>();
    if (caFile != null) {
      options.add("ca: readFileSync(\"" + caFile + "\")");
    }
    switch (endpoint.auth()) {
      case PASSWORD ->
          options.add(
              "username: \"%s\", password: \"%s\"".formatted(login.user(), login.password()));
      case JWT ->
          options.add(
              "username: \"me\", password: await (await fetch(\"%s\")).text()".formatted(tokens()));
      case CERTIFICATE ->
          options.add("cert: readFileSync(\"client.crt\"), key: readFileSync(\"client.key\")");
      default -> {}
    }
    String all = String.join(", ", options);
    return """
    // npm install mqtt; as a file that ends in .mjs
    import mqtt from "mqtt";
    %s
    const client = mqtt.connect("%s"%s);
    client.on("message", (topic, payload) => console.log(topic, payload.toString()));
    client.subscribe("demo/#");\
    """
        .formatted(
            all.contains("readFileSync") ? "import { readFileSync } from \"node:fs\";\n" : "",
            url(isWebSocket ? "ws" : "mqtt", isWebSocket ? "wss" : "mqtts"),
            options.isEmpty() ? "" : ", {\n  " + String.join(",\n  ", options) + "\n}");
  }

  private String java() {
    StringBuilder before = new StringBuilder();
    StringBuilder builder = new StringBuilder();
    if (caFile != null) {
      before.append(
          """
            var cas = KeyStore.getInstance("PKCS12");
            cas.load(null, null);
            try (var file = new FileInputStream("%s")) {
              cas.setCertificateEntry(
                  "ca", CertificateFactory.getInstance("X.509").generateCertificate(file));
            }
            var trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(cas);
          """
              .formatted(caFile));
    }
    boolean hasKey = endpoint.auth() == Auth.CERTIFICATE;
    if (hasKey) {
      before.append(
          """
            // openssl pkcs12 -export -in client.crt -inkey client.key -out client.p12 -passout pass:%1$s
            var keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(
                KeyStore.getInstance(new File("client.p12"), "%1$s".toCharArray()),
                "%1$s".toCharArray());
          """
              .formatted(RootForms.PASSWORD));
    }
    if (endpoint.auth() == Auth.JWT) {
      before.append("  var token = URI.create(\"").append(tokens());
      before.append("\").toURL().openStream().readAllBytes();\n");
    }
    if (isTls) {
      builder.append("\n      .sslConfig()");
      builder.append(caFile == null ? "" : ".trustManagerFactory(trust)");
      builder.append(hasKey ? ".keyManagerFactory(keys)" : "").append(".applySslConfig()");
    }
    if (isWebSocket) {
      builder.append(
          "\n      .webSocketConfig().serverPath(\"%s\").applyWebSocketConfig()"
              .formatted(endpoint.path().replaceFirst("^/", "")));
    }
    builder.append(javaLogin());
    return """
    // com.hivemq:hivemq-mqtt-client, and Java 25 for a file with nothing around main
    import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;

    void main() throws Exception {
    %s  var client = Mqtt5Client.builder()
          .serverHost("%s").serverPort(%d)%s
          .buildAsync();
      client.connect().join();
      client.subscribeWith().topicFilter("demo/#")
          .callback(m -> IO.println(m.getTopic() + " " + new String(m.getPayloadAsBytes())))
          .send();
    }\
    """
        .formatted(before, host.name(), endpoint.port(), builder);
  }

  private String javaLogin() {
    return switch (endpoint.auth()) {
      case PASSWORD ->
          "\n      .simpleAuth().username(\"%s\").password(\"%s\".getBytes()).applySimpleAuth()"
              .formatted(login.user(), login.password());
      case JWT -> "\n      .simpleAuth().username(\"me\").password(token).applySimpleAuth()";
      case SCRAM -> "\n      .enhancedAuth(scram) // a Mqtt5EnhancedAuthMechanism of yours";
      default -> "";
    };
  }

  private String c() {
    if (endpoint.auth() == Auth.SCRAM) {
      return "// Paho C " + NO_SCRAM;
    }
    StringBuilder options = new StringBuilder();
    if (isTls) {
      options.append("  MQTTClient_SSLOptions tls = MQTTClient_SSLOptions_initializer;\n");
      options.append(caFile == null ? "" : "  tls.trustStore = \"" + caFile + "\";\n");
      if (endpoint.auth() == Auth.CERTIFICATE) {
        options.append("  tls.keyStore = \"client.crt\";\n  tls.privateKey = \"client.key\";\n");
      }
      options.append("  options.ssl = &tls;\n");
    }
    if (endpoint.auth() == Auth.PASSWORD) {
      options.append(
          "  options.username = \"%s\";\n  options.password = \"%s\";\n"
              .formatted(login.user(), login.password()));
    } else if (endpoint.auth() == Auth.JWT) {
      options.append("  options.username = \"me\";\n  options.password = \"TOKEN\"; // from ");
      options.append(tokens()).append('\n');
    }
    return """
    // Paho C: cc first.c -lpaho-mqtt3%s
    #include <stdio.h>
    #include <MQTTClient.h>

    int main(void) {
      MQTTClient client;
      MQTTClient_connectOptions options = MQTTClient_connectOptions_initializer;
    %s  MQTTClient_create(&client, "%s", "", MQTTCLIENT_PERSISTENCE_NONE, NULL);
      if (MQTTClient_connect(client, &options) != MQTTCLIENT_SUCCESS) return 1;
      MQTTClient_subscribe(client, "demo/#", 0);
      for (;;) {
        char *topic;
        int length;
        MQTTClient_message *message = NULL;
        MQTTClient_receive(client, &topic, &length, &message, 10000);
        if (message == NULL) continue;
        printf("%%s %%.*s\\n", topic, message->payloadlen, (char *) message->payload);
        MQTTClient_freeMessage(&message);
        MQTTClient_free(topic);
      }
    }\
    """
        .formatted(
            isTls ? "cs" : "c",
            options,
            url(isWebSocket ? "ws" : "tcp", isWebSocket ? "wss" : "ssl"));
  }

  private String arduino() {
    if (endpoint.auth() == Auth.SCRAM) {
      return "// PubSubClient " + NO_SCRAM;
    }
    boolean hasHeader = "ca.crt".equals(caFile);
    String header = hasHeader ? "#include \"ca.h\" // " + host.origin() + "/ca.h\n" : "";
    StringBuilder tls = new StringBuilder();
    if (isTls) {
      String pem =
          hasHeader
              ? "midge_ca_pem"
              : caFile == null ? "roots_pem" : "text_of_" + caFile.replaceAll("\\W", "_");
      tls.append("  net.setCACert(").append(pem).append(");\n");
      if (endpoint.auth() == Auth.CERTIFICATE) {
        tls.append("  net.setCertificate(text_of_client_crt);\n");
        tls.append("  net.setPrivateKey(text_of_client_key);\n");
      }
    }
    String room =
        endpoint.auth() == Auth.JWT
            ? "  client.setBufferSize(1024); // TOKEN is long; from " + tokens() + "\n"
            : "";
    String shown =
        switch (endpoint.auth()) {
          case PASSWORD -> ", \"%s\", \"%s\"".formatted(login.user(), login.password());
          case JWT -> ", \"me\", \"TOKEN\"";
          default -> "";
        };
    return """
    // PubSubClient, on an ESP32
    #include <WiFi.h>
    %s#include <PubSubClient.h>
    %s
    %s net;
    PubSubClient client(net);

    void setup() {
      Serial.begin(115200);
      WiFi.begin("network", "password");
      while (WiFi.status() != WL_CONNECTED) delay(100);
    %s  client.setServer("%s", %d);
    %s  client.setCallback([](char *topic, byte *payload, unsigned length) {
        Serial.printf("%%s %%.*s\\n", topic, length, payload);
      });
    }

    void loop() {
      if (!client.connected() && client.connect(""%s)) client.subscribe("demo/#");
      client.loop();
    }\
    """
        .formatted(
            isTls ? "#include <WiFiClientSecure.h>\n" : "",
            header,
            isTls ? "WiFiClientSecure" : "WiFiClient",
            tls,
            host.name(),
            endpoint.port(),
            room,
            shown);
  }
}
