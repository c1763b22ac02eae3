package dev.midge.limit;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A set of addresses, as lists of networks say it. Immutable; any thread.
public final class Networks {
  /// No address.
  public static final Networks NONE = new Networks(List.of(), List.of());

  /// What a network looks like: an address with or without the number of its bits that count, or
  /// `loopback` or `private`.
  public static final Pattern PATTERN =
      Pattern.compile("loopback|private|[0-9A-Fa-f:.]{2,45}(?:/\\d{1,3})?");

  /// The networks that the words stand for.
  private static final List<String> LOOPBACK = List.of("127.0.0.0/8", "::1");

  private static final List<String> PRIVATE =
      List.of(
          "10.0.0.0/8",
          "172.16.0.0/12",
          "192.168.0.0/16",
          "169.254.0.0/16",
          "fe80::/10",
          "fc00::/7");

  private final List<String> texts;
  private final List<Network> networks;

  private Networks(List<String> texts, List<Network> networks) {
    this.texts = List.copyOf(texts);
    this.networks = List.copyOf(networks);
  }

  /// Those that the texts say.
  ///
  /// @param texts each as [#PATTERN] allows
  /// @throws IllegalArgumentException if one is none; the message is that text
  public static Networks of(List<String> texts) {
    List<Network> networks = new ArrayList<>();
    for (String text : texts) {
      switch (text) {
        case "loopback" -> LOOPBACK.forEach(each -> networks.add(Network.of(each)));
        case "private" -> PRIVATE.forEach(each -> networks.add(Network.of(each)));
        default -> networks.add(Network.of(text));
      }
    }
    return new Networks(texts, networks);
  }

  /// Whether the text is a network.
  public static boolean isNetwork(String text) {
    try {
      of(List.of(text));
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /// Whether the address is one of them.
  public boolean contains(InetAddress address) {
    if (networks.isEmpty()) {
      return false;
    }
    for (Network network : networks) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /// Whether the other was said in the same words.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Networks networks && texts.equals(networks.texts);
  }

  @Override
  public int hashCode() {
    return texts.hashCode();
  }

  /// The networks as they were said.
  @Override
  public String toString() {
    return String.join(", ", texts);
  }

  /// The address that a text is, or null if it is none: nothing is looked up.
  public static @Nullable InetAddress address(String text) {
    // What is no number would be looked up as a name.
    boolean isNumeric = text.contains(":") || isFourNumbers(text);
    if (!isNumeric || text.contains("/") || !PATTERN.matcher(text).matches()) {
      return null;
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException _) {
      return null;
    }
  }

  private static boolean isFourNumbers(String address) {
    return address.matches("\\d{1,3}(\\.\\d{1,3}){3}");
  }
}
