package dev.midge.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The packet table in `src/test/resources/packets`: bytes, and what they mean. A file is a list of
/// cases:
///
/// ```
/// == QoS 1 with a packet identifier
/// 3 4: 32 ( "a" 000a 'x' )
/// 5: 32 ( "a" 000a ( ) 'x' )
/// PUBLISH topic="a" qos=1 id=10 payload='x'
/// ```
///
/// The title, then lines of versions and bytes in [Notation], each a row of its own, and the one
/// meaning of them all, in the words of [PacketText]. `first` stands for a connection whose version
/// is not known yet. An indented line continues the line before it, a line that begins with `#` is
/// a comment. A line `XX: 00 10 80` makes the case one for each of these bytes, which stand for
/// `XX` wherever it occurs.
public final class PacketTable {
  private static final Path FOLDER = Path.of("src/test/resources/packets");

  /// One row.
  ///
  /// @param state `first`, or a version: `3`, `4` or `5`, perhaps with a word after it
  public record Row(String title, String state, byte[] bytes, String meaning) {
    /// Whether the bytes mean a packet, and not that a rule is broken.
    public boolean isPacket() {
      return !meaning.startsWith("VIOLATION")
          && !meaning.startsWith("REFUSED")
          && !meaning.startsWith("INCOMPLETE");
    }

    /// The protocol level that is spoken; of a first packet, none.
    public int version() {
      return Character.digit(state.charAt(0), 10);
    }

    /// Whether it is the first packet of its connection.
    public boolean isFirst() {
      return state.equals("first");
    }

    @Override
    public String toString() {
      return title + " [" + state + "]";
    }
  }

  private final List<Row> rows = new ArrayList<>();

  private PacketTable() {}

  /// All rows of packets that clients send.
  public static List<Row> fromClients() {
    return read("from-clients");
  }

  /// All rows of packets that the server sends.
  public static List<Row> toClients() {
    return read("to-clients");
  }

  private static List<Row> read(String folder) {
    PacketTable table = new PacketTable();
    try (Stream<Path> files = Files.list(FOLDER.resolve(folder))) {
      for (Path file : files.sorted().toList()) {
        table.file(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return table.rows;
  }

  private void file(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("== ")) {
        one(lines);
        lines.clear();
        lines.add(file.getFileName().toString().replace(".txt", ": ") + line.substring(3));
      } else if (line.startsWith(" ")) {
        lines.add(lines.removeLast() + " " + line.strip());
      } else {
        lines.add(line);
      }
    }
    one(lines);
  }

  private void one(List<String> lines) {
    for (int i = 1; i < lines.size(); i++) {
      if (lines.get(i).startsWith("XX: ")) {
        List<String> others = new ArrayList<>(lines);
        for (String value : others.remove(i).substring(4).split(" ", -1)) {
          List<String> filled = new ArrayList<>(others);
          filled.set(0, others.getFirst() + " (XX)");
          filled.replaceAll(line -> line.replace("XX", value));
          one(filled);
        }
        return;
      }
    }
    List<String> bytes = lines.stream().filter(PacketTable::isBytes).toList();
    for (String line : bytes) {
      String versions = line.substring(0, line.indexOf(':'));
      byte[] content = Notation.bytes(line.substring(line.indexOf(':') + 1));
      for (String state : states(versions)) {
        rows.add(new Row(lines.getFirst(), state, content, meaning(lines)));
      }
    }
  }

  private static boolean isBytes(String line) {
    return line.matches("(first|[345][a-z 345]*):.*");
  }

  private static List<String> states(String versions) {
    return versions.matches("[345 ]+") ? List.of(versions.split(" ", -1)) : List.of(versions);
  }

  private static String meaning(List<String> lines) {
    List<String> others = lines.stream().skip(1).filter(line -> !isBytes(line)).toList();
    if (others.size() != 1) {
      throw new IllegalStateException("not one meaning but " + others + " of " + lines);
    }
    return others.getFirst();
  }
}
