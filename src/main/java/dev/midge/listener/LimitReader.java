package dev.midge.listener;

import dev.midge.config.Settings;
import dev.midge.limit.AddressLimits;
import dev.midge.limit.Networks;
import dev.midge.limit.Rate;
import dev.midge.limit.TrafficRates;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The keys about rates, and about what one address may have: which values they allow.
final class LimitReader {
  private static final Pattern RATE =
      Pattern.compile("none|(\\d{1,9})(KiB|MiB|GiB)?/(s|min)(?: burst (\\d{1,9})(KiB|MiB|GiB)?)?");
  private static final String RATE_WORDS = "a rate like 10/s, 30/min burst 60, 64KiB/s or none";
  private static final Map<String, ProxySpec.By> PROXIES =
      Map.of(
          "proxy-protocol", ProxySpec.By.PROXY_PROTOCOL,
          "x-forwarded-for", ProxySpec.By.X_FORWARDED_FOR);
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long DAY_SECONDS = 24 * 60 * 60;
  private static final long TIB = 1L << 40;

  private LimitReader() {}

  /// Reads how much one address may have of the whole server.
  static AddressLimits addresses(Settings addresses) {
    return new AddressLimits(
        networks(addresses, "exempt"),
        (int) addresses.whole("connections_max", 0, Integer.MAX_VALUE),
        rate(addresses, "connects"),
        rate(addresses, "failures"),
        addresses.whole("ban_seconds", 0, DAY_SECONDS),
        traffic(addresses),
        (int) addresses.whole("sessions_max", 0, Integer.MAX_VALUE),
        (int) addresses.whole("subscriptions_max", 0, Integer.MAX_VALUE),
        addresses.bytes("queued_bytes_max", 0, TIB),
        addresses.whole("retained_messages_max", 0, Integer.MAX_VALUE),
        addresses.bytes("retained_bytes_max", 0, TIB));
  }

  /// Reads which proxies a listener stands behind.
  static ProxySpec proxy(Settings proxy) {
    return new ProxySpec(proxy.choice("by", PROXIES), networks(proxy, "peers"));
  }

  private static Networks networks(Settings settings, String key) {
    return Networks.of(
        settings.texts(
            key,
            Networks::isNetwork,
            "an address, a network like 192.0.2.0/24 or 2001:db8::/32, loopback or private"));
  }

  /// Reads how fast clients may be.
  static TrafficRates traffic(Settings settings) {
    return new TrafficRates(
        rate(settings, "publishes"),
        rate(settings, "subscribes"),
        rate(settings, "bytes_in"),
        rate(settings, "bytes_out"));
  }

  /// A rate; without a burst, that of a second or minute at once.
  static Rate rate(Settings settings, String key) {
    Matcher said = RATE.matcher(settings.word(key, RATE.asMatchPredicate(), RATE_WORDS));
    if (!said.matches() || said.group(1) == null) {
      return Rate.NONE;
    }
    long times = amount(said.group(1), said.group(2));
    long periodNanos = said.group(3).equals("s") ? SECOND_NANOS : 60 * SECOND_NANOS;
    long burst = said.group(4) == null ? times : amount(said.group(4), said.group(5));
    return new Rate(times, periodNanos, Math.max(1, burst));
  }

  private static long amount(String number, @Nullable String unit) {
    return Long.parseLong(number)
        << switch (unit) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          case null, default -> 0;
        };
  }
}
