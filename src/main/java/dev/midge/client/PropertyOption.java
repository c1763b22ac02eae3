package dev.midge.client;

import java.util.EnumMap;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// `-D PACKET NAME VALUE`, or `-D PACKET user-property NAME VALUE`: reads the words, and collects
/// the properties by packet.
final class PropertyOption implements IParameterConsumer {

  @Override
  @SuppressWarnings("JdkObsolete") // picocli hands over a Stack.
  public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
    Map<PacketName, PacketProperties> byPacket = option.getValue();
    if (byPacket == null) {
      byPacket = new EnumMap<>(PacketName.class);
      option.setValue(byPacket);
    }
    try {
      read(words, byPacket);
    } catch (InvalidOption e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e, option, "");
    }
  }

  private static void read(Stack<String> words, Map<PacketName, PacketProperties> byPacket) {
    String packetText = next(words);
    PacketName packet = PacketName.of(packetText);
    String nameText = next(words);
    if (packet == null) {
      throw new InvalidOption(
          "-D: this client sets no properties of '"
              + packetText
              + "', only of connect, publish,"
              + " subscribe, unsubscribe, disconnect and will.");
    }
    if (nameText.equals("topic-alias") || nameText.equals("subscription-identifier")) {
      throw new InvalidOption(
          "-D: " + nameText + " is not supported: the MQTT library of this client chooses it.");
    }
    PropertyName name = PropertyName.of(nameText);
    if (name == null) {
      throw new InvalidOption("-D: there is no property '" + nameText + "'.");
    }
    if (!name.isAllowedIn(packet)) {
      throw new InvalidOption("-D: " + packet + " has no property " + name + ".");
    }
    PacketProperties properties = byPacket.computeIfAbsent(packet, _ -> new PacketProperties());
    if (name == PropertyName.USER_PROPERTY) {
      String key = next(words);
      properties.addUserProperty(key, next(words));
    } else {
      properties.set(name, next(words));
    }
  }

  private static String next(Stack<String> words) {
    if (words.isEmpty()) {
      throw new InvalidOption("-D needs PACKET NAME VALUE, or PACKET user-property NAME VALUE.");
    }
    return words.pop();
  }
}
