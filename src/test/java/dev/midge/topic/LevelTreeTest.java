package dev.midge.topic;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.topic.LevelTree.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A tree keeps what it was given, and nothing of what was taken away.
class LevelTreeTest {
  private final LevelTree<String> tree = new LevelTree<>();

  private Node<String> put(String... levels) {
    Node<String> node = tree.findOrAdd(List.of(levels));
    node.value(String.join("/", levels));
    return node;
  }

  private void remove(Node<String> node) {
    node.value(null);
    tree.prune(node);
  }

  @Test
  void aNodeIsFoundByItsLevels() {
    put("a", "b");
    put("a", "c");
    put("a");
    assertThat(List.of("a/b", "a/c", "a"))
        .allSatisfy(name -> {
          Node<String> node = requireNonNull(tree.find(List.of(name.split("/", -1))));
          assertThat(node.value()).isEqualTo(name);
        });
    assertThat(tree.find(List.of("b"))).isNull();
    assertThat(tree.find(List.of("a", "b", "c"))).isNull();
  }

  @Test
  void whatIsTakenOutLeavesNoChainBehind() {
    Node<String> deep = put("a", "b", "c", "d");
    remove(deep);
    assertThat(tree.root().children()).isEmpty();
  }

  @Test
  void pruningEndsAtANodeThatIsNeeded() {
    Node<String> deep = put("a", "b", "c");
    put("a", "x");
    remove(deep);
    assertThat(tree.find(List.of("a", "b"))).isNull();
    assertThat(tree.find(List.of("a", "x"))).isNotNull();
  }

  @Test
  void aNodeWithChildrenOutlivesItsValue() {
    Node<String> upper = put("a");
    put("a", "b");
    remove(upper);
    assertThat(tree.find(List.of("a", "b"))).isNotNull();
    assertThat(upper.value()).isNull();
  }

  @Test
  void ofManyChildrenEachCanBeTakenOut() {
    List<Node<String>> nodes = List.of(put("1"), put("2"), put("3"));
    assertThat(tree.root().children()).hasSize(3);
    nodes.forEach(this::remove);
    assertThat(tree.root().children()).isEmpty();
    put("4");
    assertThat(tree.root().children()).hasSize(1);
  }
}
