package dev.callbridge.access;

import dev.callbridge.secrets.Secret;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/// A key that somebody sent, and from where.
final class KeyClaim extends AbstractAuthenticationToken {

  static final String HEADER = "X-API-Key";

  private static final String SCHEME = "Bearer ";

  private final Secret key;
  private final String address;

  KeyClaim(Secret key, String address) {
    super(AuthorityUtils.NO_AUTHORITIES);
    this.key = key;
    this.address = address;
  }

  /// An empty key is one too: whoever sends one does not come with a cookie.
  static Optional<Secret> in(ServerHttpRequest request) {
    HttpHeaders headers = request.getHeaders();
    String bearer = headers.getFirst(HttpHeaders.AUTHORIZATION);
    if (bearer != null && bearer.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.of(new Secret(bearer.substring(SCHEME.length()).strip()));
    }
    return Optional.ofNullable(headers.getFirst(HEADER)).map(Secret::new);
  }

  String address() {
    return address;
  }

  @Override
  public Secret getCredentials() {
    return key;
  }

  @Override
  public String getPrincipal() {
    return "unknown";
  }
}
