package dev.midge.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.broker.Permission;
import dev.midge.config.InvalidConfiguration;
import dev.midge.config.Problems;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an access file and the files of Mosquitto mean, and what is said of those that are wrong.
class AccessFileTest {
  private static final String EVERYTHING =
      "policies: { everything: { read: ['#', '$SYS/#'], write: ['#'] } }\n";

  @TempDir private Path folder;

  @Test
  void allThatIsWrongIsToldWithItsLine() throws IOException {
    write(
        "access.yaml",
        """
        policies:
          Loud:
            read: ["a#", "$share/g/a"]
          quiet:
            reed: ["a"]
            literal:
              "#": { user: me, seconds: 0 }
        accounts:
          one:
            policy: quite
            password: secret
          two: { policy: quiet }
          three: { policy: quiet, password: $2b$31$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK }
          four: { policy: quiet, password: "$argon2id$v=19$m=999999,t=1,p=1$c29tZXNhbHQx$%s" }
        tokens:
          keys: nowhere.jwks
        acounts: {}
        """
            .formatted("A".repeat(43)));

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("access.yaml:2: 'Loud' is no name for a policy.")
        .hasMessageContaining("access.yaml:3: 'a#' is no topic filter: misplaced #")
        .hasMessageContaining("access.yaml:3: '$share/g/a' is no topic filter: a share name")
        .hasMessageContaining("access.yaml:5: unknown key 'reed'. Did you mean 'read'?")
        .hasMessageContaining("access.yaml:7: 'policies.quiet.literal.#.seconds' must be")
        .hasMessageContaining("access.yaml:10: there is no policy 'quite'. Did you mean 'quiet'?")
        .hasMessageContaining("access.yaml:11: 'password' must be a hash as './midge passwd'")
        .hasMessageContaining("access.yaml: the key 'accounts.two.password' is missing.")
        .hasMessageContaining("access.yaml:13: 'password' must be a bcrypt hash of cost 4 to 14")
        .hasMessageContaining("access.yaml:14: 'password' must be an Argon2id hash with p")
        .hasMessageContaining("nowhere.jwks cannot be read")
        .hasMessageContaining("access.yaml:17: unknown key 'acounts'. Did you mean 'accounts'?")
        .message()
        .hasLineCount(12);
  }

  @Test
  void withoutTheFileNobodyKnowsWhoMayDoWhat() {
    assertThatThrownBy(this::read).hasMessageContaining("access.yaml: this file is missing.");
  }

  /// Made by Python, mosquitto_passwd and the C library, of the password `pencil`.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "$7$101$c29tZSBzYWx0$rz3tMZA6DdQA9Brd5ghcjkr5AI6T07m65DWRUedXmieYiGAskysB2a6/mO4CUuGTggGq5A6aRTlLkSMQzSeqcg==",
        "$6$c29tZSBzYWx0$xxLEWqr6ZA+c7YZVxsXFbbZ7bosOjlVCf5MsJbiK28kxS1yija9zZJHjlKJW4A9GvtBk7LLa5mi8QVD/SdIPvw==",
        "$7$101$aCBTyTJE02A+1Ido$mXKkMM1ej5JJ336kj3jknNTDf9OvJqvI/uNg4CGoh45zzhJAjYl1TNVLw4sHA+1PenQ68ZW7Gs9A1hCJCgEIEg==",
        "$2b$04$abcdefghijklmnopqrstuu/FyAyuZSl3DbPdvio4KrIBdz2k2yhV2"
      })
  void hashesOfOthersAreKnownAgain(String hash) {
    PasswordHash known = PasswordHash.of(hash);
    assertThat(known.matches("pencil".getBytes(UTF_8))).isTrue();
    assertThat(known.matches("pencils".getBytes(UTF_8))).isFalse();
    assertThat(known.matches(new byte[0])).isFalse();
  }

  /// From the tests of the reference implementation of Argon2.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"
      })
  void hashesOfArgon2AreKnownAgain(String hash) {
    PasswordHash known = PasswordHash.of(hash);
    assertThat(known.matches("password".getBytes(UTF_8))).isTrue();
    assertThat(known.matches("passwort".getBytes(UTF_8))).isFalse();
  }

  @Test
  void theFilesOfMosquittoSayWhoMayDoWhat() throws IOException {
    write("access.yaml", EVERYTHING + "mosquitto: { password_file: passwords, acl_file: acl }\n");
    write("passwords", "roger:$6$c2FsdA==$" + "A".repeat(86) + "==\n# nobody else\n\n");
    write(
        "acl",
        """
        # For everybody without a name.
        topic read public/#

        user roger
        topic foo/bar
        topic write only/in
        topic readwrite all/of/#
        topic deny all/of/them
        topic read with spaces in it/#

        pattern write $SYS/broker/connection/%c/state
        pattern read for/%u/#
        """);

    Access access = read();
    Permission roger = bind(access, "mosquitto:roger", "roger");
    Permission nobody = bind(access, "mosquitto-anonymous", null);

    assertThat(access.accounts()).containsOnlyKeys("roger");
    assertThat(reads(roger, "foo/bar", "for/roger/a", "all/of/it", "with spaces in it/a")).isTrue();
    assertThat(writes(roger, "foo/bar", "only/in", "all/of/it")).isTrue();
    assertThat(readsAny(roger, "only/in", "all/of/them", "public/a", "for/ann/a")).isFalse();
    assertThat(writes(roger, "all/of/them")).isFalse();
    assertThat(reads(nobody, "public/a")).isTrue();
    assertThat(readsAny(nobody, "foo/bar", "for//a")).isFalse();
    assertThat(roger.subscriptionSeconds(TopicFilter.of("a/#"))).isEqualTo(Permission.NO_END);
  }

  @Test
  void whatIsWrongWithTheFilesOfMosquittoIsToldWithItsLine() throws IOException {
    write("access.yaml", EVERYTHING + "mosquitto: { password_file: passwords, acl_file: acl }\n");
    write("passwords", "roger\nann:secret\n");
    write("acl", "topik a\nuser\ntopic read a#\ntopic %u/a\n");

    assertThatThrownBy(this::read)
        .hasMessageContaining("passwords:1: each line must be USER:HASH")
        .hasMessageContaining("passwords:2: behind the colon there must be a hash as")
        .hasMessageContaining("acl:1: unknown word 'topik'. Did you mean 'topic'?")
        .hasMessageContaining("acl:2: 'user' has nothing behind it.")
        .hasMessageContaining("acl:3: 'a#' is no topic filter")
        .hasMessageContaining("acl:4: 'topic' does not know %c and %u. Say 'pattern' for that.")
        .message()
        .hasLineCount(6);
  }

  @Test
  void withoutRulesOfMosquittoItsUsersNeedAPolicy() throws IOException {
    write("access.yaml", EVERYTHING + "mosquitto: { password_file: passwords, policy: non }\n");
    write("passwords", "");
    assertThatThrownBy(this::read).hasMessageContaining("access.yaml:2: there is no policy 'non'.");
  }

  private static Permission bind(Access access, String policy, @Nullable String userName) {
    Policy known = Objects.requireNonNull(access.policies().get(policy));
    return known.bind("client", userName == null ? "" : userName, userName);
  }

  private static boolean reads(Permission permission, String... topics) {
    return Arrays.stream(topics).map(TopicName::of).allMatch(permission::mayRead);
  }

  private static boolean readsAny(Permission permission, String... topics) {
    return Arrays.stream(topics).map(TopicName::of).anyMatch(permission::mayRead);
  }

  private static boolean writes(Permission permission, String... topics) {
    return Arrays.stream(topics).map(TopicName::of).allMatch(permission::mayWrite);
  }

  private Access read() {
    Problems problems = new Problems();
    Access access = AccessFile.read(folder, problems);
    problems.throwIfAny();
    return access;
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }
}
