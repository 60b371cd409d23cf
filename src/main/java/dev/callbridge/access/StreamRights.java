package dev.callbridge.access;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// A stream of events may be on for days. It ends with the right to watch it: its key is revoked or
/// expires, its person signs out or has been signed in for too long.
@Component
final class StreamRights {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.access");

  /// As old as what is known of a key may be.
  private static final Duration EVERY = StoredKeys.STALENESS;

  private static final String STREAM = "/stream";

  private final KeyAuthentication keys;
  private final Sessions sessions;

  StreamRights(KeyAuthentication keys, Sessions sessions) {
    this.keys = keys;
    this.sessions = sessions;
  }

  Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    Mono<Void> answer = chain.filter(exchange);
    return exchange.getRequest().getPath().value().endsWith(STREAM)
        ? answer.takeUntilOther(over(exchange))
        : answer;
  }

  private Mono<Boolean> over(ServerWebExchange exchange) {
    return Flux.interval(EVERY)
        .onBackpressureDrop()
        .concatMap(_ -> mayWatch(exchange.getRequest()), 1)
        .filter(may -> !may)
        .next()
        .doOnNext(_ -> LOG.info("a stream ends with the right to watch it"));
  }

  private Mono<Boolean> mayWatch(ServerHttpRequest request) {
    return KeyClaim.in(request)
        .map(keys::isStillTaken)
        .orElseGet(() -> sessions.isStillIn(request));
  }
}
