package dev.midge.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.config.InvalidConfiguration;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the options for ACME may say.
class AcmeSettingsTest {

  @ParameterizedTest
  @CsvSource({
    "letsencrypt, https://acme-v02.api.letsencrypt.org/directory",
    "letsencrypt-staging, https://acme-staging-v02.api.letsencrypt.org/directory",
    "https://ca.example.org:14000/dir, https://ca.example.org:14000/dir"
  })
  void aDirectoryIsAUrlOrAKnownName(String option, String url) {
    AcmeSettings settings = AcmeSettings.of(option, "", List.of("a.example.org"), null);

    assertThat(settings.directory()).hasToString(url);
  }

  @Test
  void namesAreLowerCaseAndOnceEach() {
    AcmeSettings settings =
        AcmeSettings.of("letsencrypt", "", List.of("A.example.org", "a.example.org", "::1"), null);

    assertThat(settings.domains()).containsExactly("a.example.org", "0:0:0:0:0:0:0:1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"*.example.org", "localhost", "a_b.example.org", "", "a..org"})
  void whatNoAuthorityCouldKnowIsRefused(String name) {
    assertThatThrownBy(() -> AcmeSettings.of("letsencrypt", "", List.of(name), null))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageStartingWith("--domain: '" + name + "' is no host name");
  }

  @Test
  void allThatIsWrongIsTold() {
    assertThatThrownBy(() ->
            AcmeSettings.of(
                "http://ca.example.org/dir", "nobody", List.of(), Path.of("no/such/file")))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage(
            """
            --acme-ca: the file no/such/file cannot be read.
            --acme-directory: 'http://ca.example.org/dir' is neither a URL that begins with https:// \
            nor a known name. Known names are letsencrypt and letsencrypt-staging.
            --acme-directory: there is no name to ask a certificate for. Add --domain NAME, once for \
            each name.
            --acme-email: 'nobody' is no address for mail.\
            """);
  }
}
