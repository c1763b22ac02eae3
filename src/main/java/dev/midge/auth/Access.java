package dev.midge.auth;

import com.nimbusds.jose.jwk.JWKSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Who is known and which rules there are, at one moment: what an access file says. Immutable.
public final class Access {
  private final Map<String, Policy> policies;
  private final Map<String, Account> accounts;

  private final JWKSet tokenKeys;
  private final List<String> reserved;

  Access(Map<String, Policy> policies, Map<String, Account> accounts) {
    this(policies, accounts, new JWKSet(), List.of());
  }

  Access(
      Map<String, Policy> policies,
      Map<String, Account> accounts,
      JWKSet tokenKeys,
      List<String> reserved) {
    this.reserved = List.copyOf(reserved);
    this.tokenKeys = tokenKeys;
    this.policies = Map.copyOf(policies);
    this.accounts = Map.copyOf(accounts);
  }

  /// The names of the policies.
  public Set<String> policyNames() {
    return policies.keySet();
  }

  /// The user names of the accounts.
  public Set<String> accountNames() {
    return accounts.keySet();
  }

  Map<String, Policy> policies() {
    return policies;
  }

  /// The topics that, with all below them, only the server writes.
  List<String> reserved() {
    return reserved;
  }

  /// The keys of others whose tokens count.
  JWKSet tokenKeys() {
    return tokenKeys;
  }

  Map<String, Account> accounts() {
    return accounts;
  }
}
