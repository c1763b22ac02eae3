package dev.midge;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// How long files and methods may be, those of tests included.
class LengthTest {

  private static final int METHOD_LINES_MAX = 70;
  private static final int FILE_LINES_MAX = 500;

  @Test
  void filesAndMethodsAreShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : sources()) {
      if (Files.readAllLines(file).size() > FILE_LINES_MAX) {
        tooLong.add(file.toString());
      }
    }
    tooLong.addAll(longMethods());

    assertThat(tooLong).isEmpty();
  }

  private static List<String> longMethods() throws IOException {
    List<String> found = new ArrayList<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources()));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        new TreeScanner<@Nullable Void, @Nullable Void>() {
          @Override
          public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            LineMap lines = unit.getLineMap();
            long first = lines.getLineNumber(positions.getStartPosition(unit, method));
            long last = lines.getLineNumber(positions.getEndPosition(unit, method));
            if (last - first >= METHOD_LINES_MAX) {
              found.add(unit.getSourceFile().getName() + ":" + first + " " + method.getName());
            }
            return super.visitMethod(method, null);
          }
        }.scan(unit, null);
      }
    }
    return found;
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }
}
