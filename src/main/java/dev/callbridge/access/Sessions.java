package dev.callbridge.access;

import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.server.context.ServerSecurityContextRepository;
import org.springframework.security.web.server.csrf.CookieServerCsrfTokenRepository;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRepository;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// Who is signed in, by a cookie. Whether that still counts is asked of the database, so it does
/// not matter which instance a request comes to.
@Component
final class Sessions implements ServerSecurityContextRepository {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.access");
  private static final String STRICT = "Strict";

  private final StoredSessions stored;
  private final Users users;
  private final ClientAddress addresses;
  private final int failuresPerMinute;
  private final Throttle failures = new Throttle();
  private final boolean secure;
  private final String cookie;

  /// @param origin how browsers reach us, whatever the proxies in between speak to us
  Sessions(
      StoredSessions stored,
      Users users,
      ClientAddress addresses,
      AccessSettings settings,
      @Value("${callbridge.twilio.public-origin:}") String origin) {
    this.stored = stored;
    this.users = users;
    this.addresses = addresses;
    failuresPerMinute = settings.failuresPerMinute();
    secure = origin.startsWith("https:");
    // With that mark a browser takes it from nobody but this very host, and only by https.
    cookie = secure ? "__Host-callbridge" : "callbridge";
  }

  /// Readable by scripts of our own pages, which repeat it in the header `X-XSRF-TOKEN`.
  ServerCsrfTokenRepository csrfTokens() {
    CookieServerCsrfTokenRepository tokens = CookieServerCsrfTokenRepository.withHttpOnlyFalse();
    tokens.setCookieCustomizer(it -> it.path("/").secure(secure).sameSite(STRICT));
    return tokens;
  }

  boolean isIn(ServerHttpRequest request) {
    return id(request).isPresent();
  }

  private Optional<String> id(ServerHttpRequest request) {
    HttpCookie sent = request.getCookies().getFirst(cookie);
    return Optional.ofNullable(sent).map(HttpCookie::getValue).filter(value -> !value.isEmpty());
  }

  static boolean isUnsafe(ServerHttpRequest request) {
    HttpMethod method = request.getMethod();
    return !method.equals(HttpMethod.GET)
        && !method.equals(HttpMethod.HEAD)
        && !method.equals(HttpMethod.OPTIONS);
  }

  /// Whether a browser says that a page of somebody else's is behind it, be it of the same domain.
  static boolean isFromAnotherSite(ServerHttpRequest request) {
    String site = request.getHeaders().getFirst("Sec-Fetch-Site");
    return site != null && !site.equals("same-origin") && !site.equals("none");
  }

  /// Whoever shows a key is who the key says, with a cookie or without.
  ///
  /// @return an error of `AuthenticationServiceException` when the database does not say
  @Override
  public Mono<SecurityContext> load(ServerWebExchange exchange) {
    ServerHttpRequest request = exchange.getRequest();
    if (KeyClaim.in(request).isPresent() || (isUnsafe(request) && isFromAnotherSite(request))) {
      return Mono.empty();
    }
    return Mono.justOrEmpty(id(request))
        .filter(id -> isWorthAsking(id, request))
        .flatMap(id ->
            grant(id)
                .doOnSuccess(grant -> {
                  if (grant == null) {
                    failures.take(addresses.of(request), failuresPerMinute);
                  }
                }))
        .onErrorMap(e -> {
          LOG.error("a session is not checked, the database does not answer: {}", e.toString());
          return new AuthenticationServiceException("the database is away", e);
        })
        .map(SecurityContextImpl::new);
  }

  /// From an address that sends many ids that nobody has, only those are taken that need no query.
  private boolean isWorthAsking(String id, ServerHttpRequest request) {
    return Keys.isRandom(id)
        && (stored.isKnown(id)
            || failures.look(addresses.of(request), failuresPerMinute).isEmpty());
  }

  private Mono<Grant> grant(String id) {
    return stored
        .find(id)
        .flatMap(session ->
            Mono.justOrEmpty(users.find(session.username()))
                .filter(user -> MessageDigest.isEqual(user.credential(), session.credential()))
                .map(Users.User::grant));
  }

  /// Asking counts as use of the session: who watches is there. While nobody can tell, they are.
  Mono<Boolean> isStillIn(ServerHttpRequest request) {
    return Mono.justOrEmpty(id(request))
        .filter(Keys::isRandom)
        .flatMap(this::grant)
        .hasElement()
        .onErrorResume(e -> {
          LOG.warn("a session is not looked at again: {}", e.toString());
          return Mono.just(true);
        });
  }

  /// Under a new id, so that nobody knows it who may have known the old one, which ends.
  ///
  /// @return an error of `IllegalStateException` when there are too many sessions
  Mono<Void> begin(ServerWebExchange exchange, Users.User user) {
    String id = Keys.random();
    return delete(exchange)
        .then(
            stored.create(
                id, new StoredSessions.Session(user.grant().shownName(), user.credential())))
        .doOnNext(isIn -> {
          if (!isIn) {
            throw new IllegalStateException("as many people are signed in as may be");
          }
          exchange.getResponse().addCookie(cookie(id).build());
        })
        .then();
  }

  private ResponseCookie.ResponseCookieBuilder cookie(String value) {
    return ResponseCookie.from(cookie, value)
        .path("/")
        .httpOnly(true)
        .secure(secure)
        .sameSite(STRICT);
  }

  /// Nobody is signed in by a request that shows something else.
  @Override
  public Mono<Void> save(ServerWebExchange exchange, @Nullable SecurityContext context) {
    return Mono.empty();
  }

  /// Without a session it changes nothing.
  Mono<Void> end(ServerWebExchange exchange) {
    return delete(exchange)
        .doOnSuccess(_ -> {
          if (isIn(exchange.getRequest())) {
            exchange.getResponse().addCookie(cookie("").maxAge(Duration.ZERO).build());
          }
        });
  }

  private Mono<Void> delete(ServerWebExchange exchange) {
    return Mono.justOrEmpty(id(exchange.getRequest()))
        .filter(Keys::isRandom)
        .flatMap(stored::delete);
  }
}
