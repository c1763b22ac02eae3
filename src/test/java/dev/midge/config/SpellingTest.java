package dev.midge.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a user is told who mistyped a word.
class SpellingTest {
  private static final List<String> KNOWN = List.of("name", "port", "summary", "receive_max");

  @ParameterizedTest
  @CsvSource({
    "nane, name",
    "nam, name",
    "names, name",
    "mane, name",
    "Port, port",
    "prot, port",
    "sumary, summary",
    "receive, receive_max",
    "receiveMax, receive_max",
    "recieve_max, receive_max",
    "receive_maximum, receive_max"
  })
  void aNearWordIsSuggested(String word, String meant) {
    assertThat(Spelling.suggest(word, KNOWN)).isEqualTo("Did you mean '" + meant + "'?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "tls", "certificate", "re"})
  void whereNoWordIsNearAllAreNamed(String word) {
    assertThat(Spelling.suggest(word, KNOWN))
        .isEqualTo("Known here: name, port, summary, receive_max.");
  }
}
