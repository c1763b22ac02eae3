package dev.midge.acme;

import dev.midge.certs.Credential;
import java.time.Instant;

/// Who is told what comes of orders. A port; called on the thread of the orders.
public interface AcmeJournal {
  /// There is a new certificate: to be shown from now on.
  void obtained(Credential credential);

  /// An order, or what leads to one, failed. What there was stays as it is.
  ///
  /// @param reason why, in words; parts of it come from the authority
  /// @param again when it is tried again
  void failed(String reason, Instant again);
}
