package dev.midge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who may have a data folder.
class DataFolderTest {

  @TempDir private Path temporary;

  @Test
  void aFolderThatIsNotThereIsMade() {
    try (DataFolder data = DataFolder.take(temporary.resolve("a/b"))) {
      assertThat(data.path()).isDirectory();
    }
  }

  @Test
  void aSecondServerIsToldWhoHasTheFolder() {
    try (DataFolder _ = DataFolder.take(temporary)) {
      assertThatThrownBy(() -> DataFolder.take(temporary))
          .isInstanceOf(StartFailure.class)
          .hasMessage(
              temporary
                  + ": another Midge (process "
                  + ProcessHandle.current().pid()
                  + ") uses this folder. Choose one with --data.");
    }
  }

  @Test
  void aFolderThatWasLeftIsFree() {
    DataFolder.take(temporary).close();

    DataFolder.take(temporary).close();
  }

  @Test
  void aPlaceThatIsNoFolderIsRefused() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "");

    assertThatThrownBy(() -> DataFolder.take(file))
        .isInstanceOf(StartFailure.class)
        .hasMessageStartingWith(file + ": cannot be written")
        .hasMessageEndingWith("Choose another folder with --data.");
  }
}
