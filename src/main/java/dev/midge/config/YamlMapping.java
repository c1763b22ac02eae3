package dev.midge.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// A YAML mapping whose keys are known by their lines.
///
/// @param file the file that it stands in, as shown to the user
/// @param entries what it says, in the order of the file
public record YamlMapping(String file, Map<String, Entry> entries) {

  /// One key of a mapping.
  ///
  /// @param place where the key stands
  /// @param value what it says
  public record Entry(Place place, Node value) {}

  /// A mapping that says nothing.
  public static YamlMapping empty(String file) {
    return new YamlMapping(file, Map.of());
  }

  /// Reads a file. What cannot be read is a problem, and says nothing.
  public static YamlMapping read(Path path, String file, Problems problems) {
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(file).build();
      Optional<Node> root = new Compose(settings).composeString(Files.readString(path));
      if (root.isEmpty()) {
        return empty(file);
      }
      if (root.get() instanceof MappingNode mapping) {
        return of(file, mapping, problems);
      }
      problems.add(new Place(file, 1), "the file must be a list of 'key: value' lines");
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(Mark::getLine).orElse(-1) + 1;
      problems.add(new Place(file, line), "this is not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      problems.add(new Place(file, 0), "this is not YAML: " + e.getMessage());
    } catch (CharacterCodingException e) {
      problems.add(new Place(file, 0), "this is not UTF-8 text");
    } catch (IOException e) {
      problems.add(new Place(file, 0), "cannot be read: " + e.getMessage());
    }
    return empty(file);
  }

  /// Takes the keys of a mapping; one that stands there twice is a problem.
  static YamlMapping of(String file, MappingNode mapping, Problems problems) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Node key = tuple.getKeyNode();
      Place place = new Place(file, line(key));
      if (!(key instanceof ScalarNode name)) {
        problems.add(place, "a key must be a word");
        continue;
      }
      Entry former = entries.putIfAbsent(name.getValue(), new Entry(place, tuple.getValueNode()));
      if (former != null) {
        problems.add(
            place,
            "the key '" + name.getValue() + "' stands here again",
            "It was given in line " + former.place().line() + " already.");
      }
    }
    return new YamlMapping(file, entries);
  }

  private static int line(Node node) {
    return node.getStartMark().map(Mark::getLine).orElse(-1) + 1;
  }
}
