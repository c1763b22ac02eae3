package dev.midge.auth;

/// What is kept of a password: enough to know it again. Any thread; slow on purpose.
sealed interface PasswordHash permits Argon2Hash, BcryptHash, MosquittoHash {
  /// Reads one in the form in which it stands in files: `$2b$...` (bcrypt), `$argon2id$...`, or
  /// `$7$...` and `$6$...` of mosquitto_passwd.
  ///
  /// @throws IllegalArgumentException when it is none of these, or would cost too much to check;
  ///   the message says what it must be
  static PasswordHash of(String text) {
    if (text.startsWith("$argon2id$")) {
      return Argon2Hash.of(text);
    }
    if (text.startsWith("$2")) {
      return BcryptHash.of(text);
    }
    if (text.startsWith("$7$") || text.startsWith("$6$")) {
      return MosquittoHash.of(text);
    }
    throw new IllegalArgumentException(
        "a hash as './midge passwd' writes it: bcrypt, Argon2id, or that of mosquitto_passwd");
  }

  /// Whether this is the password.
  boolean matches(byte[] password);
}
