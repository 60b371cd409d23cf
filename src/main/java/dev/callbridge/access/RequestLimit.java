package dev.callbridge.access;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Refuses the requests of a key or a person that come too often, before anything is done about
/// them.
@Component
final class RequestLimit {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.access");

  private final Throttle requests = new Throttle();

  Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return ReactiveSecurityContextHolder.getContext()
        .mapNotNull(context -> context.getAuthentication())
        .ofType(Grant.class)
        .map(grant -> check(grant, exchange))
        // Who it is nobody can tell now: a page is for everybody, and the rest is refused further
        // on.
        .onErrorReturn(AuthenticationServiceException.class, Optional.empty())
        .defaultIfEmpty(Optional.empty())
        .flatMap(refusal -> refusal.orElseGet(() -> chain.filter(exchange)));
  }

  private Optional<Mono<Void>> check(Grant grant, ServerWebExchange exchange) {
    Optional<Duration> wait = requests.take(grant.getName(), grant.requestsPerMinute());
    return wait.map(until -> {
      LOG.debug("{}: too many requests", grant.getName());
      return Problems.tooMany(
          exchange, until, "more than %d requests a minute".formatted(grant.requestsPerMinute()));
    });
  }
}
