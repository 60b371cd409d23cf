package dev.callbridge.access;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity.AuthorizeExchangeSpec;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.csrf.CsrfException;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRepository;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRequestAttributeHandler;
import org.springframework.security.web.server.util.matcher.NegatedServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher.MatchResult;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatchers;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// Which route needs what. A route that is not named here is refused.
@Configuration(proxyBeanMethods = false)
class AccessRules {

  private static final String[] SIGNED = {
    "/twilio/**",
    "/twiml",
    "/stream",
    "/api/media-stream/*",
    "/api/v1/elevenlabs-twilio/call/*",
    // The socket of a browser call has a ticket to show.
    "/api/v1/browser-calls/media/*",
    "/elevenlabs/webhook"
  };

  /// The dashboard's files, which hold no data.
  private static final String[] PAGES = {
    "/",
    "/index.html",
    "/login",
    "/favicon.ico",
    "/assets/**",
    "/webjars/lit-html/**",
    "/webjars/chart.js/**"
  };

  private static final String[] RESERVATIONS = {
    "/api/v1/restaurants",
    "/api/v1/restaurants/**",
    "/api/v1/reservations",
    "/api/v1/reservations/**",
    "/api/v1/reservation-requests",
    "/api/v1/reservation-requests/**"
  };

  private static final String[] API_DOCUMENTATION = {
    "/v3/api-docs",
    "/v3/api-docs.yaml",
    "/v3/api-docs/**",
    "/swagger-ui.html",
    "/swagger-ui/**",
    "/webjars/**"
  };

  /// None: they wrap each filter of each request, and a stream keeps them all for as long as it is
  /// watched.
  @Bean
  SecurityObservationSettings securityObservations() {
    return SecurityObservationSettings.noObservations();
  }

  @Bean
  ServerCsrfTokenRepository csrfTokens(Sessions sessions) {
    return sessions.csrfTokens();
  }

  @Bean
  SecurityWebFilterChain access(
      ServerHttpSecurity http,
      KeyAuthentication keys,
      Sessions sessions,
      ServerCsrfTokenRepository csrfTokens,
      RequestLimit requestLimit,
      StreamRights streamRights,
      Environment environment) {
    return http
        // The vendors' routes have a signature to show, and are checked where they are served.
        .securityMatcher(
            new NegatedServerWebExchangeMatcher(ServerWebExchangeMatchers.pathMatchers(SIGNED)))
        .headers(ServerHttpSecurity.HeaderSpec::disable)
        .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
        .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
        .logout(ServerHttpSecurity.LogoutSpec::disable)
        .requestCache(ServerHttpSecurity.RequestCacheSpec::disable)
        .securityContextRepository(sessions)
        .csrf(csrf ->
            csrf.csrfTokenRepository(csrfTokens)
                .csrfTokenRequestHandler(new ServerCsrfTokenRequestAttributeHandler())
                .requireCsrfProtectionMatcher(exchange -> needsCsrfToken(exchange, sessions))
                .accessDeniedHandler(AccessRules::forbid))
        .addFilterAt(keys.filter(), SecurityWebFiltersOrder.AUTHENTICATION)
        .addFilterBefore(requestLimit::filter, SecurityWebFiltersOrder.AUTHORIZATION)
        .addFilterAfter(streamRights::filter, SecurityWebFiltersOrder.AUTHORIZATION)
        .authorizeExchange(routes ->
            rules(routes.matchers(managementPort(environment)).permitAll()).anyExchange().denyAll())
        .exceptionHandling(errors ->
            errors
                .authenticationEntryPoint(AccessRules::ask)
                .accessDeniedHandler(AccessRules::forbid))
        .build();
  }

  private static AuthorizeExchangeSpec rules(AuthorizeExchangeSpec routes) {
    String read = Scope.CALLS_READ.text();
    String write = Scope.CALLS_WRITE.text();
    String admin = Scope.ADMIN.text();
    return routes
        .pathMatchers(HttpMethod.GET, PAGES)
        .permitAll()
        .pathMatchers(HttpMethod.POST, "/login", "/logout")
        .permitAll()
        .pathMatchers(HttpMethod.GET, "/api/v1/me")
        .authenticated()
        .pathMatchers(ApiKeysController.PATH, ApiKeysController.PATH + "/**")
        .hasAuthority(admin)
        .pathMatchers(HttpMethod.GET, "/api/v1/assistants", "/api/v1/assistants/*")
        .hasAuthority(read)
        .pathMatchers("/api/v1/assistants", "/api/v1/assistants/*")
        .hasAuthority(admin)
        .pathMatchers(HttpMethod.GET, API_DOCUMENTATION)
        .hasAuthority(read)
        .pathMatchers(HttpMethod.GET, "/api/v1/calls", "/api/v1/calls/**")
        .hasAuthority(read)
        .pathMatchers("/api/v1/calls", "/api/v1/calls/**")
        .hasAuthority(write)
        .pathMatchers(HttpMethod.GET, RESERVATIONS)
        .hasAuthority(read)
        .pathMatchers("/api/v1/restaurants", "/api/v1/restaurants/**")
        .hasAuthority(admin)
        .pathMatchers(RESERVATIONS)
        .hasAuthority(write)
        .pathMatchers(
            HttpMethod.POST,
            "/api/v1/browser-calls",
            "/api/v1/elevenlabs-twilio/test-synthesis",
            "/api/v1/speech-to-speech/**")
        .hasAuthority(write)
        .pathMatchers(
            HttpMethod.GET,
            "/api/v1/stats",
            "/api/v1/diagnostics",
            "/api/v1/transfer-targets",
            "/api/v1/elevenlabs-twilio/test",
            "/api/v1/elevenlabs-twilio/connections")
        .hasAuthority(read);
  }

  /// A browser sends its cookie by itself, for whatever page asks it to. A key is sent on purpose.
  private static Mono<MatchResult> needsCsrfToken(ServerWebExchange exchange, Sessions sessions) {
    var request = exchange.getRequest();
    boolean byCookie = sessions.isIn(request) && KeyClaim.in(request).isEmpty();
    return byCookie && Sessions.isUnsafe(request) && !request.getPath().value().equals("/login")
        ? MatchResult.match()
        : MatchResult.notMatch();
  }

  /// Health and metrics have a port of their own, which only this machine reaches unless told
  /// otherwise. On the public one they are refused like any other route.
  private static ServerWebExchangeMatcher managementPort(Environment environment) {
    return exchange -> {
      var local = exchange.getRequest().getLocalAddress();
      Integer port = environment.getProperty("local.management.port", Integer.class);
      return local != null && port != null && local.getPort() == port
          ? MatchResult.match()
          : MatchResult.notMatch();
    };
  }

  private static Mono<Void> ask(ServerWebExchange exchange, AuthenticationException missing) {
    if (missing instanceof AuthenticationServiceException) {
      exchange.getResponse().getHeaders().set(HttpHeaders.RETRY_AFTER, "5");
      return Problems.write(
          exchange,
          HttpStatus.SERVICE_UNAVAILABLE,
          "whether you are signed in cannot be checked right now");
    }
    return Problems.write(exchange, HttpStatus.UNAUTHORIZED, "an API key is needed, or a sign-in");
  }

  private static Mono<Void> forbid(ServerWebExchange exchange, Exception denied) {
    return Problems.write(
        exchange,
        HttpStatus.FORBIDDEN,
        denied instanceof CsrfException
            ? "X-XSRF-TOKEN: a request with the session's cookie repeats the cookie XSRF-TOKEN"
            : "the scope for this is missing");
  }
}
