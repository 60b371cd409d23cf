package dev.callbridge.access;

import dev.callbridge.secrets.Secret;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.server.authentication.AuthenticationWebFilter;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// Whose key it is that came with a request. Keys of the settings are known here, the others in the
/// database: while it is away those can be neither accepted nor called wrong.
@Component
final class KeyAuthentication implements ReactiveAuthenticationManager {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.access");
  private static final String NOT_KNOWN = "this API key is not known";

  private final ConfiguredKeys configured;
  private final StoredKeys stored;
  private final AccessSettings settings;
  private final ClientAddress addresses;
  private final Throttle failures = new Throttle();
  private final Clock clock = Clock.systemUTC();

  KeyAuthentication(
      ConfiguredKeys configured,
      StoredKeys stored,
      AccessSettings settings,
      ClientAddress addresses) {
    this.configured = configured;
    this.stored = stored;
    this.settings = settings;
    this.addresses = addresses;
  }

  /// From that address too many keys were wrong.
  static final class TooManyFailures extends AuthenticationException {
    private final transient Duration wait;

    TooManyFailures(Duration wait) {
      super("too many wrong keys");
      this.wait = wait;
    }
  }

  AuthenticationWebFilter filter() {
    AuthenticationWebFilter filter = new AuthenticationWebFilter(this);
    filter.setServerAuthenticationConverter(exchange ->
        Mono.justOrEmpty(KeyClaim.in(exchange.getRequest()))
            .map(key -> new KeyClaim(key, addresses.of(exchange.getRequest()))));
    filter.setAuthenticationFailureHandler(
        (failed, problem) -> refuse(failed.getExchange(), problem));
    return filter;
  }

  @Override
  public Mono<Authentication> authenticate(Authentication claimed) {
    KeyClaim claim = (KeyClaim) claimed;
    String key = claim.getCredentials().value();
    Optional<Grant> grant = configured.find(key);
    if (grant.isPresent()) {
      return Mono.just(grant.get());
    }
    Optional<Duration> wait = failures.look(claim.address(), settings.failuresPerMinute());
    if (wait.isPresent() && !(Keys.hasForm(key) && stored.isKnown(key))) {
      return Mono.error(new TooManyFailures(wait.get()));
    }
    return (Keys.hasForm(key) ? stored.find(key) : Mono.<StoredKey>empty())
        .onErrorMap(e -> {
          LOG.error(
              "key {}: not checked, the database does not answer: {}",
              Keys.prefix(key),
              e.toString());
          return new AuthenticationServiceException("the database is away", e);
        })
        .<Authentication>flatMap(found -> judge(found, claim))
        .switchIfEmpty(Mono.defer(() -> wrong(claim, Keys.prefix(key), NOT_KNOWN)));
  }

  /// Whether whoever came with that key is still who they were. While nobody can tell, they are.
  Mono<Boolean> isStillTaken(Secret claimed) {
    String key = claimed.value();
    return configured.find(key).isPresent()
        ? Mono.just(true)
        : stored
            .find(key)
            .map(found -> !found.isRevoked() && !found.isExpired(clock.instant()))
            .defaultIfEmpty(false)
            .onErrorResume(e -> {
              LOG.warn("key {}: not looked at again: {}", Keys.prefix(key), e.toString());
              return Mono.just(true);
            });
  }

  private Mono<Authentication> judge(StoredKey key, KeyClaim claim) {
    if (key.isRevoked()) {
      return wrong(claim, key.name(), "this API key is revoked");
    } else if (key.isExpired(clock.instant())) {
      return wrong(claim, key.name(), "this API key is expired");
    }
    return Mono.just(key.grant(settings.limits()));
  }

  private Mono<Authentication> wrong(KeyClaim claim, String key, String why) {
    Optional<Duration> wait = failures.take(claim.address(), settings.failuresPerMinute());
    if (wait.isPresent()) {
      return Mono.error(new TooManyFailures(wait.get()));
    }
    LOG.warn("key {} from {} refused: {}", key, claim.address(), why);
    return Mono.error(new BadCredentialsException(why));
  }

  private static Mono<Void> refuse(ServerWebExchange exchange, AuthenticationException problem) {
    return switch (problem) {
      case TooManyFailures failures ->
          Problems.tooMany(
              exchange, failures.wait, "too many wrong API keys came from your address");
      case AuthenticationServiceException _ -> {
        exchange.getResponse().getHeaders().set(HttpHeaders.RETRY_AFTER, "5");
        yield Problems.write(
            exchange, HttpStatus.SERVICE_UNAVAILABLE, "this API key cannot be checked right now");
      }
      default ->
          Problems.write(exchange, HttpStatus.UNAUTHORIZED, String.valueOf(problem.getMessage()));
    };
  }
}
