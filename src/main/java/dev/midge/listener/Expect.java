package dev.midge.listener;

import dev.midge.certs.Fault;
import java.util.List;

/// What a listener promises to its clients, as tests hold it to.
///
/// @param connect how it answers CONNECT of a client that shows nothing and checks nothing
/// @param fault what is wrong with its TLS, for a client that trusts our root and asks for
///   `localhost`
/// @param verdict what such a client must say of its TLS, if it checks all there is to check and
///   speaks TLS 1.2 and 1.3
/// @param lenient which stacks accept it as they come, although they should refuse: `openssl`,
///   `python`, `python-strict`, `java`, `node`
public record Expect(Outcome connect, Fault fault, Outcome verdict, List<String> lenient) {

  /// How a CONNECT or a handshake ends.
  public enum Outcome {
    ACCEPTED("accepted"),
    REFUSED("refused");

    private final String word;

    Outcome(String word) {
      this.word = word;
    }

    /// The word for it in files.
    @Override
    public String toString() {
      return word;
    }
  }
}
