package dev.midge.auth;

import dev.midge.broker.AuthMethod;
import dev.midge.broker.Authenticator;
import dev.midge.broker.Authorizer;
import dev.midge.broker.Identity;
import dev.midge.broker.Limits;
import dev.midge.broker.Permission;
import dev.midge.broker.Users;
import dev.midge.broker.Verdict;
import dev.midge.packet.Packet.Connect;
import dev.midge.packet.ReasonCode;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Who is let in and what for, by an [Access] that may be replaced while the server runs. Any
/// thread.
public final class AccessControl implements Authenticator, Authorizer, AutoCloseable {
  /// All that holds at one moment.
  ///
  /// @param known the accounts, in an order that strangers cannot know
  /// @param policies which policy each listener names; one that is not in it is as it was
  private record Snapshot(Access access, List<Account> known, Map<String, String> policies) {}

  private final PasswordChecks checks =
      new PasswordChecks(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
  private final SecureRandom random = new SecureRandom();
  private final int seed = random.nextInt();
  private final AuthMethod scram;
  private final Tokens tokens;
  private volatile Snapshot snapshot;

  /// Holds to this from the start.
  ///
  /// @param tokens who checks tokens
  public AccessControl(Access access, Tokens tokens) {
    this.tokens = tokens;
    this.snapshot = snapshot(access, Map.of());
    this.scram =
        new ScramSha256(
            userName -> {
              Account account = snapshot.access.accounts().get(userName);
              return account == null ? null : account.scram();
            },
            () -> new BigInteger(128, random).toString(Character.MAX_RADIX));
  }

  /// Holds to this from now on, whichever policies clients came by. Those who are connected are
  /// judged anew by [dev.midge.broker.Broker#reviewAccess].
  ///
  /// @param policies the name of the policy of each listener, by the name of that
  public void replace(Access access, Map<String, String> policies) {
    snapshot = snapshot(access, policies);
  }

  private static Snapshot snapshot(Access access, Map<String, String> policies) {
    return new Snapshot(access, List.copyOf(access.accounts().values()), Map.copyOf(policies));
  }

  @Override
  public CompletionStage<Verdict> prove(Limits limits, Connect connect) {
    byte[] password = connect.password();
    String userName = connect.userName();
    return switch (limits.users()) {
      case TOKENS ->
          checks.submit(
              () -> tokens.check(password, connect.clientId(), snapshot.access.tokenKeys()));
      case ACCOUNTS -> checks.submit(() -> account(userName, password));
      default ->
          CompletableFuture.completedFuture(
              new Verdict.Refused(
                  ReasonCode.BAD_AUTHENTICATION_METHOD,
                  "this listener takes the authentication method " + ScramSha256.NAME + " only"));
    };
  }

  /// Whether the password is that of the account. For a name that nobody has, the password is
  /// checked against that of another, always the same one: so it takes as long.
  private Verdict account(@Nullable String userName, byte @Nullable [] password) {
    Snapshot now = snapshot;
    Account account = userName == null ? null : now.access.accounts().get(userName);
    Account checked = account == null ? another(now, userName) : account;
    boolean isRight = password != null && checked != null && checked.password().matches(password);
    return isRight && account != null && userName != null
        ? new Verdict.Admitted(Identity.proved(userName))
        : new Verdict.Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
  }

  private @Nullable Account another(Snapshot now, @Nullable String userName) {
    int hash = Arrays.hashCode(new Object[] {seed, userName});
    return now.known.isEmpty() ? null : now.known.get(Math.floorMod(hash, now.known.size()));
  }

  @Override
  public @Nullable AuthMethod method(Limits limits, String name) {
    return limits.users() == Users.SCRAM && name.equals(ScramSha256.NAME) ? scram : null;
  }

  @Override
  public @Nullable Permission permission(Limits limits, String clientId, Identity identity) {
    Snapshot now = snapshot;
    Access access = now.access;
    boolean hasAccount =
        identity.isProved() && (limits.users() == Users.ACCOUNTS || limits.users() == Users.SCRAM);
    Account account = access.accounts().get(identity.userName());
    if (hasAccount && account == null) {
      return null;
    }
    String ofListener = now.policies.getOrDefault(limits.listener(), limits.policy());
    Policy policy =
        access.policies().get(hasAccount && account != null ? account.policy() : ofListener);
    if (policy == null) {
      return null;
    }
    Permission permission =
        policy.bind(
            clientId, identity.userName(), identity.isProved() ? identity.userName() : null);
    Permission bound = identity.bound();
    return Reserved.except(
        access.reserved(), bound == null ? permission : new Narrowed(permission, bound));
  }

  @Override
  public void close() {
    checks.close();
  }
}
