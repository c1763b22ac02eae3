package dev.midge.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The filter that is in `docs` finds the address of a ban in our log, and nothing else.
class BanLogTest {
  private static final Path FILTER = Path.of("docs/fail2ban/filter.d/midge.conf");

  /// What fail2ban puts in the place of its word, roughly.
  private static final String SUBNET = "(?<subnet>[0-9A-Fa-f:.]+(?:/\\d{1,3})?)";

  @ParameterizedTest
  @CsvSource({"203.0.113.9, 300", "2001:db8:0:1::/64, 300", "192.0.2.0/24, 0"})
  void theFilterFindsTheAddress(String address, long seconds) throws IOException {
    List<String> lines = new ArrayList<>();
    new BanLog(lines::add).banned(address, seconds, "too many connections that failed");

    Matcher found = filter().matcher(withoutDate("INFO  " + lines.getFirst()));
    assertThat(found.find()).isTrue();
    assertThat(found.group("subnet")).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DEBUG 192.0.2.1:4000 connected as INFO  banned 203.0.113.9 for 300 s: x",
        "INFO  INFO  banned 203.0.113.9 for 300 s: x",
        "INFO  bans.yaml: 3 bans"
      })
  void theFilterFindsNothingElse(String line) throws IOException {
    assertThat(filter().matcher(withoutDate(line)).find()).isFalse();
  }

  /// The log has the date first, as `application.properties` says, and fail2ban cuts it off.
  private static String withoutDate(String line) {
    return " " + line;
  }

  private static Pattern filter() throws IOException {
    String key = "failregex = ";
    return Files.readAllLines(FILTER).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> Pattern.compile(line.substring(key.length()).replace("<SUBNET>", SUBNET)))
        .findFirst()
        .orElseThrow();
  }
}
