package dev.midge.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.packet.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// The story that demo traffic tells.
class DemoTrafficTest {
  private static final Instant MIDNIGHT = Instant.parse("2026-03-01T00:00:00Z");

  private static List<Message> messages(long seed, Instant begin, int seconds) {
    List<Message> messages = new ArrayList<>();
    DemoTraffic demo = new DemoTraffic(new Random(seed), () -> true, messages::add);
    for (int i = 0; i < seconds; i++) {
      demo.step(begin.plusSeconds(i));
    }
    return messages;
  }

  private static List<String> said(List<Message> messages, String topic) {
    return messages.stream()
        .filter(message -> message.topic().toString().equals("demo/" + topic))
        .map(DemoTrafficTest::text)
        .toList();
  }

  private static String text(Message message) {
    return new String(message.payload(), UTF_8);
  }

  private static double average(List<String> numbers) {
    return numbers.stream().mapToDouble(Double::parseDouble).average().orElseThrow();
  }

  @Test
  void theSameSeedTellsTheSameStory() {
    List<String> once = messages(7, MIDNIGHT, 600).stream().map(DemoTrafficTest::text).toList();

    assertThat(messages(7, MIDNIGHT, 600).stream().map(DemoTrafficTest::text)).isEqualTo(once);
    assertThat(messages(8, MIDNIGHT, 600).stream().map(DemoTrafficTest::text)).isNotEqualTo(once);
  }

  @Test
  void itIsLightAndNothingOfItIsRetained() {
    List<Message> hour = messages(1, MIDNIGHT, 3600);

    assertThat(hour).hasSizeLessThan(7 * 3600).noneMatch(Message::retain);
    assertThat(hour.stream().map(message -> message.topic().toString()).distinct())
        .hasSizeLessThan(30);
  }

  @Test
  void itGoesOnUntoldWhileNobodyAsksForIt() {
    AtomicBoolean isAskedFor = new AtomicBoolean();
    List<Message> messages = new ArrayList<>();
    DemoTraffic demo = new DemoTraffic(new Random(1), isAskedFor::get, messages::add);
    for (int i = 0; i < 600; i++) {
      demo.step(MIDNIGHT.plusSeconds(i));
    }
    assertThat(messages).isEmpty();
    isAskedFor.set(true);
    demo.step(MIDNIGHT.plusSeconds(600));
    assertThat(said(messages, "factory/line1/temperature"))
        .isEqualTo(said(messages(1, MIDNIGHT, 601), "factory/line1/temperature").subList(300, 301));
  }

  @Test
  void theMachineWearsOutFailsAndIsMended() {
    List<Message> hours = messages(1, MIDNIGHT, 2 * 3600);
    List<String> vibration = said(hours, "factory/line1/vibration");

    assertThat(said(hours, "factory/line1/state"))
        .containsSubsequence("running", "worn", "failed", "running", "worn", "failed");
    int end = vibration.indexOf("0.00");
    assertThat(average(vibration.subList(end - 60, end)))
        .isGreaterThan(3 * average(vibration.subList(0, 60)));
  }

  @Test
  void theGridFollowsTheTimeOfDayAndHasOutages() {
    List<Message> day = messages(1, MIDNIGHT, 24 * 3600);
    List<String> load = said(day, "grid/load");
    int stepsPerHour = load.size() / 24;
    Predicate<String> isDark = "true"::equals;

    assertThat(average(load.subList(19 * stepsPerHour, 20 * stepsPerHour)))
        .isGreaterThan(2 * average(load.subList(2 * stepsPerHour, 3 * stepsPerHour)));
    assertThat(said(day, "grid/north/outage")).containsSubsequence("false", "true", "false");
    assertThat(said(day, "grid/south/outage")).filteredOn(isDark).hasSizeBetween(100, 2500);
    assertThat(said(day, "grid/north/meter-1"))
        .allMatch(text -> text.matches("\\{\"w\":\\d+,\"v\":\\d+\\.\\d,\"kwh\":\\d+\\.\\d{3}}"));
  }

  @Test
  void theTimeIsSaidEverySecond() {
    assertThat(said(messages(1, MIDNIGHT, 3), "time"))
        .containsExactly("2026-03-01T00:00:00Z", "2026-03-01T00:00:01Z", "2026-03-01T00:00:02Z");
  }
}
