package dev.callbridge.access;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.authentication.AuthenticationWebFilter;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.security.web.server.util.matcher.NegatedServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatchers;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// Which route needs what. A route that is not named here is refused.
@Configuration(proxyBeanMethods = false)
class AccessRules {

  private static final String READ = "calls:read";
  private static final String WRITE = "calls:write";
  private static final String ADMIN = "admin";

  private static final String[] SIGNED = {
    "/twilio/**",
    "/twiml",
    "/stream",
    "/api/media-stream/*",
    "/api/v1/elevenlabs-twilio/call/*",
    "/elevenlabs/webhook"
  };

  /// @param apiKeys each `name:scope:key`
  @ConfigurationProperties("callbridge.access")
  record Settings(@DefaultValue List<String> apiKeys) {
    @Override
    public String toString() {
      return "Settings[" + apiKeys.size() + " API keys]";
    }
  }

  @Bean
  ReactiveAuthenticationManager apiKeys(Settings settings) {
    ApiKeys keys = ApiKeys.parse(settings.apiKeys());
    return claim ->
        Mono.justOrEmpty(keys.find(String.valueOf(claim.getCredentials())))
            .<Authentication>map(KeyHolder::new)
            .switchIfEmpty(Mono.error(() -> new BadCredentialsException("unknown key")));
  }

  @Bean
  SecurityWebFilterChain access(ServerHttpSecurity http, ReactiveAuthenticationManager apiKeys) {
    return http
        // The vendors' routes have a signature to show, and are checked where they are served.
        .securityMatcher(
            new NegatedServerWebExchangeMatcher(ServerWebExchangeMatchers.pathMatchers(SIGNED)))
        .csrf(ServerHttpSecurity.CsrfSpec::disable)
        .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
        .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
        .logout(ServerHttpSecurity.LogoutSpec::disable)
        .requestCache(ServerHttpSecurity.RequestCacheSpec::disable)
        .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
        .addFilterAt(apiKeyFilter(apiKeys), SecurityWebFiltersOrder.AUTHENTICATION)
        .authorizeExchange(routes ->
            routes
                .pathMatchers("/actuator/**")
                .permitAll()
                .pathMatchers(
                    HttpMethod.GET, "/api/v1/calls/**", "/api/v1/calls", "/api/v1/diagnostics")
                .hasAnyAuthority(READ, ADMIN)
                .pathMatchers("/api/v1/calls/**", "/api/v1/calls")
                .hasAnyAuthority(WRITE, ADMIN)
                .anyExchange()
                .denyAll())
        .exceptionHandling(errors ->
            errors
                .authenticationEntryPoint((exchange, _) ->
                    problem(exchange, HttpStatus.UNAUTHORIZED, "an API key is needed"))
                .accessDeniedHandler((exchange, _) ->
                    problem(exchange, HttpStatus.FORBIDDEN, "this key has not the scope")))
        .build();
  }

  private static AuthenticationWebFilter apiKeyFilter(ReactiveAuthenticationManager apiKeys) {
    AuthenticationWebFilter filter = new AuthenticationWebFilter(apiKeys);
    filter.setServerAuthenticationConverter(
        exchange -> Mono.justOrEmpty(key(exchange)).map(KeyClaim::new));
    filter.setAuthenticationFailureHandler((failed, _) ->
        problem(failed.getExchange(), HttpStatus.UNAUTHORIZED, "this API key is not known"));
    return filter;
  }

  private static Optional<String> key(ServerWebExchange exchange) {
    var headers = exchange.getRequest().getHeaders();
    String bearer = headers.getFirst("Authorization");
    if (bearer != null && bearer.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return Optional.of(bearer.substring(7).strip());
    }
    return Optional.ofNullable(headers.getFirst("X-API-Key"));
  }

  private static Mono<Void> problem(ServerWebExchange exchange, HttpStatus status, String detail) {
    var response = exchange.getResponse();
    response.setStatusCode(status);
    response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    if (status == HttpStatus.UNAUTHORIZED) {
      response.getHeaders().set("WWW-Authenticate", "Bearer");
    }
    String body =
        """
        {"title":"%s","status":%d,"detail":"%s"}\
        """
            .formatted(status.getReasonPhrase(), status.value(), detail);
    return response.writeWith(
        Mono.fromSupplier(
            () -> response.bufferFactory().wrap(body.getBytes(StandardCharsets.UTF_8))));
  }

  /// A key that somebody sent.
  private static final class KeyClaim extends AbstractAuthenticationToken {
    private final String key;

    KeyClaim(String key) {
      super(AuthorityUtils.NO_AUTHORITIES);
      this.key = key;
    }

    @Override
    public Object getCredentials() {
      return key;
    }

    @Override
    public Object getPrincipal() {
      return "unknown";
    }
  }

  /// Whose key it is.
  private static final class KeyHolder extends AbstractAuthenticationToken {
    private final ApiKeys.Holder holder;

    KeyHolder(ApiKeys.Holder holder) {
      super(AuthorityUtils.createAuthorityList(holder.scopes()));
      this.holder = holder;
      setAuthenticated(true);
    }

    @Override
    public Object getCredentials() {
      return "";
    }

    @Override
    public Object getPrincipal() {
      return holder.name();
    }
  }
}
