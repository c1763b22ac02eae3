package dev.midge.auth;

import dev.midge.config.Problems;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/// Writes accounts into an access file, and leaves all else in it as it is, comments too.
public final class AccountWriter {
  private static final String BLOCK = "accounts:";
  private static final String INDENT = "  ";

  private final Path file;
  private final int cost;
  private final SecureRandom random = new SecureRandom();

  /// Writes into the access file of this folder.
  ///
  /// @param cost the logarithm of the work that a guess is, 4 to 14
  public AccountWriter(Path folder, int cost) {
    this.file = folder.resolve(AccessFile.NAME);
    this.cost = cost;
  }

  /// The policy of an account, or an empty string when there is no such account.
  ///
  /// @throws dev.midge.config.InvalidConfiguration when the file is wrong
  public String policy(String name) {
    Problems problems = new Problems();
    Account account = read(file, problems).accounts().get(name);
    problems.throwIfAny();
    return account == null ? "" : account.policy();
  }

  /// Adds an account, or puts it in the place of the one that there is.
  ///
  /// @throws IOException when the file cannot be read or written, or has another form than that of
  ///   Midge's own; the file is then as it was
  /// @throws dev.midge.config.InvalidConfiguration when the file would be wrong
  public void write(String name, String password, String policy) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    put(lines, name, entry(name, password, policy));
    Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), "access-", ".tmp");
    try {
      Files.write(fresh, lines);
      if (fresh.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(file));
      }
      requireWritten(fresh, name, password);
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private void requireWritten(Path fresh, String name, String password) throws IOException {
    Problems problems = new Problems();
    Account written = read(fresh, problems).accounts().get(name);
    problems.throwIfAny();
    if (written == null || !written.password().matches(password.getBytes(StandardCharsets.UTF_8))) {
      throw new IOException(file + " has a form that cannot be changed; nothing was written");
    }
  }

  private static Access read(Path file, Problems problems) {
    return AccessFile.readFile(file, problems);
  }

  private List<String> entry(String name, String password, String policy) {
    byte[] salt = new byte[16];
    random.nextBytes(salt);
    byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
    return List.of(
        INDENT + key(name) + ":",
        INDENT + INDENT + "policy: " + policy,
        INDENT + INDENT + "password: " + BcryptHash.make(bytes, cost, random).text(),
        INDENT + INDENT + "scram: " + ScramCredentials.ofPassword(password, salt).text());
  }

  /// The name as a key in YAML, always in quotes.
  private static String key(String name) {
    return "\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static void put(List<String> lines, String name, List<String> entry) {
    int block = lines.indexOf(BLOCK);
    if (block < 0) {
      lines.add("");
      lines.add(BLOCK);
      block = lines.size() - 1;
    }
    int at = endOf(lines, block, 0);
    for (int i = block + 1; i < at; i++) {
      String line = lines.get(i);
      if (line.startsWith(INDENT + name + ":") || line.startsWith(INDENT + key(name) + ":")) {
        lines.subList(i, endOf(lines, i, INDENT.length())).clear();
        at = i;
      }
    }
    lines.addAll(at, entry);
  }

  /// The line behind the block that begins at a line with this indentation.
  private static int endOf(List<String> lines, int start, int indent) {
    int end = start + 1;
    for (int i = start + 1; i < lines.size(); i++) {
      String line = lines.get(i);
      int own = line.length() - line.stripLeading().length();
      if (!line.isBlank() && own <= indent) {
        break;
      }
      end = line.isBlank() ? end : i + 1;
    }
    return end;
  }
}
