package dev.midge.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.midge.kit.Statement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every numbered statement of MQTT 5.0 that binds a server is held by a test that names it, or
/// there is a written reason why not.
final class StatementCoverageTest {
  private static final Path FOLDER = Path.of("src/test/resources/spec");
  private static final Set<String> NAMED = named();

  /// The first word of each line that is no comment.
  private static Set<String> statements(String file) throws IOException {
    try (Stream<String> lines = Files.lines(FOLDER.resolve(file))) {
      return lines
          .filter(line -> line.startsWith("MQTT-"))
          .map(line -> line.split("\\s+", 2)[0])
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /// The statements that tests name.
  private static Set<String> named() {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.OnlyIncludeTests())
            .importPackages("dev.midge");
    return classes.stream()
        .flatMap(type -> type.getMethods().stream())
        .filter(method -> method.isAnnotatedWith(Statement.class))
        .flatMap(method -> Arrays.stream(method.getAnnotationOfType(Statement.class).value()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void eachStatementIsNamedByATestOrHasAReason() throws IOException {
    Set<String> missing = statements("statements.txt");
    missing.removeAll(NAMED);
    missing.removeAll(statements("not-tested.txt"));
    assertThat(missing).as("statements that no test names and no reason excuses").isEmpty();
  }

  @Test
  void noTestNamesAStatementThatDoesNotExist() throws IOException {
    Set<String> known = statements("statements.txt");
    known.addAll(statements("of-clients.txt"));
    assertThat(known).containsAll(NAMED);
  }

  @Test
  void noReasonIsGivenForWhatIsTested() throws IOException {
    Set<String> excused = statements("not-tested.txt");
    excused.retainAll(NAMED);
    assertThat(excused).as("excused, but tested").isEmpty();
  }
}
