package dev.midge.client;

import com.hivemq.client.mqtt.datatypes.MqttTopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `midge sub`: subscribes and prints what comes, as mosquitto_sub does.
@Command(
    name = "sub",
    description = "Subscribes and prints what comes. Takes the options of mosquitto_sub.",
    customSynopsis = {"./midge sub {-t FILTER... | -U FILTER... | -L URL} [OPTION...]"},
    separator = " ",
    sortOptions = false,
    usageHelpAutoWidth = true,
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    optionListHeading = "%n",
    exitCodeOnInvalidInput = 1,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:all that was asked for came, or it was interrupted",
      "1:wrong options, no connection, or all subscriptions denied",
      "27:-W seconds have passed",
      "other:the code with which the server refused: 1 to 5 in MQTT 3.1.1, 128 to 162 in MQTT 5.0"
    },
    footerHeading =
        "%nFields of -F, with an optional width as in %%10t, %%-10t, %%010l or %%10.10t:%n",
    footer = {
      "  %%t topic             %%p payload           %%x %%X payload in hex",
      "  %%l payload length    %%q QoS               %%r 1 if it was retained",
      "  %%j %%J all as JSON, the payload as a string or as JSON",
      "  %%I %%U time           %%C content type      %%D correlation data",
      "  %%E expiry interval   %%F payload format    %%R response topic",
      "  %%P user properties   %%A topic alias       %%%% a percent sign",
      "  @Y @m @d @H @M @S @z and so on: the time as of strftime; @N nanoseconds",
      "  \\n \\t \\r \\0 \\e \\a \\v \\\\ as in C",
      "",
      "Examples:",
      "  ./midge sub -t 'demo/#' -v",
      "  ./midge sub -t 'demo/#' -F '%%I %%t %%p' -C 10",
      "  ./midge sub -h test.example.org -t home/room -C 1 -W 5",
      "  ./midge sub -L ws://localhost:8080/home/room",
      "  ./midge sub -t '#' --remove-retained --retained-only -W 2",
      "",
      "$MQTT_URL, or $MQTT_HOST and $MQTT_PORT, say where the server is if no option",
      "does, and $MQTT_CA_FILE whom TLS connections trust. A server of this machine",
      "writes them down: 'set -a; . data/endpoints.env; set +a'."
    })
final class SubCommand implements Callable<Integer> {

  private static final int RECEIVE_MAX = 20;
  private static final List<String> RETAIN_HANDLING = List.of("always", "new", "never");

  private final Terminal terminal;

  @Option(
      names = {"-t", "--topic"},
      paramLabel = "FILTER",
      description = "Subscribe to this. May be repeated.")
  private List<String> filters = new ArrayList<>();

  @Option(
      names = {"-U", "--unsubscribe"},
      paramLabel = "FILTER",
      description = "Unsubscribe from this. May be repeated.")
  private List<String> unwantedFilters = new ArrayList<>();

  @Option(
      names = {"-T", "--filter-out"},
      paramLabel = "FILTER",
      description = "Do not print messages that match this. May be repeated.")
  private List<String> hiddenFilters = new ArrayList<>();

  @Option(
      names = {"-q", "--qos"},
      paramLabel = "0|1|2",
      defaultValue = "0",
      description = "The QoS of the subscriptions.")
  private int qos;

  @Option(names = "-C", paramLabel = "N", description = "End after N messages.")
  private @Nullable Integer messagesMax;

  @Option(names = "-W", paramLabel = "SECONDS", description = "End after this time.")
  private @Nullable Integer timeoutSeconds;

  @Option(names = "-E", description = "End when all subscriptions are acknowledged.")
  private boolean isOverAfterSubscribing;

  @Option(
      names = {"-v", "--verbose"},
      description = "Print the topic before the payload.")
  private boolean isVerbose;

  @Option(
      names = "-F",
      paramLabel = "FORMAT",
      description = "Print messages like this; see below. Goes before -v.")
  private @Nullable String format;

  @Option(names = "-N", description = "Print no line end after a message.")
  private boolean isWithoutLineEnds;

  @Option(names = "--pretty", description = "Print JSON (%%j and %%J of -F) over several lines.")
  private boolean isPretty;

  @Option(
      names = "--random-filter",
      paramLabel = "PERCENT",
      defaultValue = "100",
      description = "Print only about this many messages of a hundred.")
  private double percent;

  @Option(names = "-R", description = "Do not print messages that were retained.")
  private boolean isWithoutRetained;

  @Option(
      names = "--retained-only",
      description = "Print messages that were retained only, and end at the first other.")
  private boolean isRetainedOnly;

  @Option(
      names = "--remove-retained",
      description = "Clear the retained messages that come, but those that -T hides.")
  private boolean isClearing;

  @Option(
      names = "--retain-as-published",
      description = "Let the server forward the retain flag as it was published. MQTT 5.0 only.")
  private boolean isRetainAsPublished;

  @Option(
      names = "--retain-handling",
      paramLabel = "WHEN",
      description = "Let the server send retained messages always, new or never. MQTT 5.0 only.")
  private @Nullable String retainHandling;

  @Mixin private ConnectionOptions connection = new ConnectionOptions();

  /// A command on these streams.
  SubCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if ((messagesMax != null && messagesMax < 1)
        || (timeoutSeconds != null && timeoutSeconds < 1)) {
      throw new InvalidOption("-C and -W must be 1 or more.");
    }
    if (isWithoutRetained && isRetainedOnly) {
      throw new InvalidOption("Combining -R and --retained-only makes no sense.");
    }
    if (percent < 0.1 || percent > 100) {
      throw new InvalidOption("--random-filter must be 0.1 to 100.");
    }
    int most = messagesMax == null ? 0 : messagesMax;
    ConnectSettings settings =
        connection.settings(terminal.environment(), most < RECEIVE_MAX ? most : 0);
    var printing =
        new Subscriber.Printing(
            format == null ? null : OutputFormat.compile(format),
            isVerbose,
            !isWithoutLineEnds,
            isPretty,
            percent);
    Subscriber subscriber = new Subscriber(wish(settings.isVersion5(), most), printing, terminal);
    return new Conversation(settings, connection, true, terminal)
        .run(subscriber, timeoutSeconds == null ? 0 : timeoutSeconds, 0);
  }

  private Subscriber.Wish wish(boolean isVersion5, int most) {
    List<String> wanted = new ArrayList<>(filters);
    String urlTopic = connection.urlTopic();
    if (urlTopic != null) {
      wanted.add(urlTopic);
    }
    if (wanted.isEmpty() && unwantedFilters.isEmpty()) {
      throw new InvalidOption(
          "You must specify a topic to subscribe to (-t) or unsubscribe from (-U).");
    }
    if ((isRetainAsPublished || retainHandling != null) && !isVersion5) {
      throw new InvalidOption("--retain-as-published and --retain-handling need -V 5.");
    }
    wanted.forEach(filter -> Topics.checkFilter(filter, "-t"));
    unwantedFilters.forEach(filter -> Topics.checkFilter(filter, "-U"));
    List<MqttTopicFilter> hidden =
        hiddenFilters.stream().map(filter -> Topics.checkFilter(filter, "-T")).toList();
    return new Subscriber.Wish(
        wanted,
        unwantedFilters,
        hidden,
        new Link.SubscribeOptions(
            Topics.checkQos(qos, "-q"), isRetainAsPublished, retainHandlingCode()),
        most,
        isOverAfterSubscribing,
        isWithoutRetained,
        isRetainedOnly,
        isClearing);
  }

  private int retainHandlingCode() {
    if (retainHandling == null) {
      return 0;
    }
    int code = RETAIN_HANDLING.indexOf(retainHandling);
    if (code < 0) {
      throw new InvalidOption("--retain-handling must be one of " + RETAIN_HANDLING + ".");
    }
    return code;
  }
}
