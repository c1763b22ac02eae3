package dev.midge.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `midge pub`: publishes a message, as mosquitto_pub does.
@Command(
    name = "pub",
    description = "Publishes a message and ends. Takes the options of mosquitto_pub.",
    customSynopsis = {
      "./midge pub {-t TOPIC | -L URL} {-m TEXT | -f FILE | -s | -l | -n} [OPTION...]"
    },
    separator = " ",
    sortOptions = false,
    usageHelpAutoWidth = true,
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    optionListHeading = "%n",
    exitCodeOnInvalidInput = 1,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:published",
      "1:wrong options, or no connection",
      "7:the connection was lost",
      "130:interrupted",
      "other:the code with which the server refused: 1 to 5 in MQTT 3.1.1, 128 to 162 in MQTT 5.0"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./midge pub -t home/room -m 21.5",
      "  ./midge pub -h test.example.org -t home/room -m 21.5 -q 1 -r",
      "  ./midge pub -L ws://localhost:8080/home/room -m 21.5",
      "  ./midge pub -V 5 -t home/room -m 21.5 -D publish user-property unit celsius",
      "  date | ./midge pub -t home/log -l",
      "",
      "$MQTT_URL, or $MQTT_HOST and $MQTT_PORT, say where the server is if no option",
      "does, and $MQTT_CA_FILE whom TLS connections trust. A server of this machine",
      "writes them down: 'set -a; . data/endpoints.env; set +a'."
    })
final class PubCommand implements Callable<Integer> {

  private static final int INTERRUPTED = 130;

  private final Terminal terminal;

  @Option(
      names = {"-t", "--topic"},
      paramLabel = "TOPIC",
      description = "The topic to publish to.")
  private @Nullable String topic;

  @Option(
      names = {"-m", "--message"},
      paramLabel = "TEXT",
      description = "The message.")
  private @Nullable String text;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "The message is what is in this file.")
  private @Nullable Path file;

  @Option(
      names = {"-s", "--stdin-file"},
      description = "The message is the whole input.")
  private boolean isInput;

  @Option(
      names = {"-l", "--stdin-line"},
      description = "Each line of the input is a message.")
  private boolean isLines;

  @Option(
      names = {"-n", "--null-message"},
      description = "The message is empty. With -r, clears what is retained.")
  private boolean isEmpty;

  @Option(
      names = {"-q", "--qos"},
      paramLabel = "0|1|2",
      defaultValue = "0",
      description = "The QoS.")
  private int qos;

  @Option(
      names = {"-r", "--retain"},
      description = "Let the server retain the message.")
  private boolean isRetained;

  @Option(
      names = "--repeat",
      paramLabel = "N",
      defaultValue = "1",
      description = "Publish N times.")
  private int repeat;

  @Option(
      names = "--repeat-delay",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "Wait this long between two times, like 0.5.")
  private double repeatDelaySeconds;

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  /// A command on these streams.
  PubCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    ConnectSettings settings = connection.settings(terminal.environment(), 0);
    Publisher publisher = publisher(settings);
    return new Conversation(settings, connection, isLines, terminal).run(publisher, 0, INTERRUPTED);
  }

  private Publisher publisher(ConnectSettings settings) {
    String name = topic == null ? connection.urlTopic() : topic;
    int modes = count(text != null, file != null, isInput, isLines, isEmpty);
    if (name == null || modes == 0) {
      throw new InvalidOption("Both topic and message must be supplied.");
    }
    if (modes > 1) {
      throw new InvalidOption("Only one of -m, -f, -s, -l and -n can be used at once.");
    }
    if (repeat < 1 || repeatDelaySeconds < 0) {
      throw new InvalidOption("--repeat must be 1 or more, and --repeat-delay 0 or more.");
    }
    if (repeat > 1 && (isLines || isEmpty)) {
      throw new InvalidOption("--repeat goes with -m, -f and -s only.");
    }
    Message message =
        new Message(
            Topics.checkName(name, topic == null ? "-L" : "-t"),
            isLines ? new byte[0] : payload(),
            Topics.checkQos(qos, "-q"),
            isRetained,
            settings.properties(PacketName.PUBLISH).ofMessage());
    return isLines
        ? Publisher.ofLines(message, terminal.in())
        : Publisher.repeating(message, repeat, Math.round(repeatDelaySeconds * 1000));
  }

  private byte[] payload() {
    try {
      if (text != null) {
        return text.getBytes(StandardCharsets.UTF_8);
      }
      if (isInput) {
        return terminal.in().readAllBytes();
      }
      return file == null ? new byte[0] : Files.readAllBytes(file);
    } catch (IOException e) {
      throw new InvalidOption((file == null ? "-s" : "-f: " + file) + " cannot be read.", e);
    }
  }

  private static int count(boolean... choices) {
    int count = 0;
    for (boolean choice : choices) {
      count += choice ? 1 : 0;
    }
    return count;
  }
}
