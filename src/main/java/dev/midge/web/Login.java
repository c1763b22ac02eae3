package dev.midge.web;

import java.util.Set;

/// What a client may say at a listener that wants a user name and a password.
///
/// @param user the user name
/// @param password its password, which is no secret
/// @param isKnown whether there is such an account, and not something to fill in
record Login(String user, String password, boolean isKnown) {
  private static final Login SHIPPED = new Login("rw", "readwrite", true);
  private static final Login UNKNOWN = new Login("USER", "PASSWORD", false);

  /// The account that Midge comes with, if it is still there.
  ///
  /// @param accounts the names of those that there are
  static Login among(Set<String> accounts) {
    return accounts.contains(SHIPPED.user) ? SHIPPED : UNKNOWN;
  }
}
