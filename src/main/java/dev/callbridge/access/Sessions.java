package dev.callbridge.access;

import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.server.context.ServerSecurityContextRepository;
import org.springframework.security.web.server.context.WebSessionServerSecurityContextRepository;
import org.springframework.security.web.server.csrf.CookieServerCsrfTokenRepository;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRepository;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;
import org.springframework.web.server.session.CookieWebSessionIdResolver;
import org.springframework.web.server.session.DefaultWebSessionManager;
import org.springframework.web.server.session.InMemoryWebSessionStore;
import org.springframework.web.server.session.WebSessionManager;
import reactor.core.publisher.Mono;

/// Who is signed in, by a cookie. Sessions live in this instance's memory and end with it.
@Component
final class Sessions implements ServerSecurityContextRepository {

  private static final String SIGNED_IN_AT = Sessions.class.getName() + ".at";
  private static final String STRICT = "Strict";

  private final ServerSecurityContextRepository contexts =
      new WebSessionServerSecurityContextRepository();
  private final AccessSettings.SignIn settings;
  private final boolean secure;
  private final String cookie;
  private final InMemoryWebSessionStore store = new InMemoryWebSessionStore();
  private final Clock clock = Clock.systemUTC();

  /// @param origin how browsers reach us, whatever the proxies in between speak to us
  Sessions(AccessSettings settings, @Value("${callbridge.twilio.public-origin:}") String origin) {
    this.settings = settings.signIn();
    secure = origin.startsWith("https:");
    // With that mark a browser takes it from nobody but this very host, and only by https.
    cookie = secure ? "__Host-callbridge" : "callbridge";
  }

  WebSessionManager manager() {
    CookieWebSessionIdResolver cookies = new CookieWebSessionIdResolver();
    cookies.setCookieName(cookie);
    cookies.addCookieInitializer(it -> it.path("/").httpOnly(true).secure(secure).sameSite(STRICT));
    store.setMaxSessions(settings.sessions());
    DefaultWebSessionManager manager = new DefaultWebSessionManager();
    manager.setSessionIdResolver(cookies);
    manager.setSessionStore(store);
    return manager;
  }

  /// Readable by scripts of our own pages, which repeat it in the header `X-XSRF-TOKEN`.
  ServerCsrfTokenRepository csrfTokens() {
    CookieServerCsrfTokenRepository tokens = CookieServerCsrfTokenRepository.withHttpOnlyFalse();
    tokens.setCookieCustomizer(it -> it.path("/").secure(secure).sameSite(STRICT));
    return tokens;
  }

  boolean isIn(ServerHttpRequest request) {
    HttpCookie sent = request.getCookies().getFirst(cookie);
    return sent != null && !sent.getValue().isEmpty();
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
  @Override
  public Mono<SecurityContext> load(ServerWebExchange exchange) {
    ServerHttpRequest request = exchange.getRequest();
    if (!isIn(request)
        || KeyClaim.in(request).isPresent()
        || (isUnsafe(request) && isFromAnotherSite(request))) {
      return Mono.empty();
    }
    return exchange
        .getSession()
        .filter(session -> !isOver(session))
        .flatMap(_ -> contexts.load(exchange));
  }

  /// Asking counts as use of the session: who watches is there.
  Mono<Boolean> isStillIn(ServerHttpRequest request) {
    HttpCookie sent = request.getCookies().getFirst(cookie);
    return sent == null
        ? Mono.just(false)
        : store
            .retrieveSession(sent.getValue())
            .map(session -> !isOver(session))
            .defaultIfEmpty(false);
  }

  private boolean isOver(WebSession session) {
    Instant since = session.getAttribute(SIGNED_IN_AT);
    return since == null || clock.instant().isAfter(since.plus(settings.longest()));
  }

  /// Under a new id, so that nobody else knows it who may have known the old one.
  ///
  /// @return an error of `IllegalStateException` when there are too many sessions
  Mono<Void> begin(ServerWebExchange exchange, Grant grant) {
    return exchange
        .getSession()
        .flatMap(session -> {
          session.getAttributes().put(SIGNED_IN_AT, clock.instant());
          session.setMaxIdleTime(settings.idle());
          return save(exchange, new SecurityContextImpl(grant)).then(session.save());
        });
  }

  /// What Spring Security asks for too; it changes the session's id.
  @Override
  public Mono<Void> save(ServerWebExchange exchange, @Nullable SecurityContext context) {
    return contexts.save(exchange, context);
  }

  Mono<Void> end(ServerWebExchange exchange) {
    return isIn(exchange.getRequest())
        ? exchange.getSession().flatMap(WebSession::invalidate)
        : Mono.empty();
  }
}
