package dev.midge.acme;

import org.shredzone.acme4j.exception.AcmeException;

/// Thrown when an authority says no to an order: there is nothing to go on with, only to begin
/// anew.
final class AcmeRefusal extends AcmeException {

  private static final long serialVersionUID = 1;

  AcmeRefusal(String message) {
    super(message);
  }
}
