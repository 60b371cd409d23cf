package dev.callbridge.access;

import dev.callbridge.call.CallRights;
import java.util.Set;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/// Who a request is from, and what they may do.
final class Grant extends AbstractAuthenticationToken {

  enum Kind {
    KEY,
    USER
  }

  private final Kind kind;
  private final String shownName;
  private final transient Set<Scope> scopes;
  private final transient CallRights rights;
  private final int requestsPerMinute;

  private Grant(
      Kind kind, String shownName, Set<Scope> scopes, CallRights rights, int requestsPerMinute) {
    super(
        AuthorityUtils.createAuthorityList(
            Scope.withIncluded(scopes).stream().map(Scope::text).toList()));
    this.kind = kind;
    this.shownName = shownName;
    this.scopes = Scope.withIncluded(scopes);
    this.rights = rights;
    this.requestsPerMinute = requestsPerMinute;
    setAuthenticated(true);
  }

  static Grant ofKey(Set<Scope> scopes, CallRights rights, int requestsPerMinute) {
    return new Grant(Kind.KEY, rights.name(), scopes, rights, requestsPerMinute);
  }

  /// A person has the limits of the settings. No key's name has a colon in it, so the calls of a
  /// person and of a key of the same name are told apart.
  static Grant ofUser(String name, Set<Scope> scopes, AccessSettings.Limits limits) {
    CallRights rights = new CallRights("user:" + name, null, limits.quotas());
    return new Grant(Kind.USER, name, scopes, rights, limits.requestsPerMinute());
  }

  Kind kind() {
    return kind;
  }

  String shownName() {
    return shownName;
  }

  Set<Scope> scopes() {
    return scopes;
  }

  int requestsPerMinute() {
    return requestsPerMinute;
  }

  @Override
  public String getName() {
    return rights.name();
  }

  @Override
  public CallRights getPrincipal() {
    return rights;
  }

  @Override
  public String getCredentials() {
    return "";
  }
}
