package dev.callbridge.apidocs;

import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// The description is read from the code when it is first asked for, under a lock, in a good part
/// of a second: event loops carry voices meanwhile.
@Component
@Order(0)
final class OffTheEventLoop implements WebFilter {

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    Mono<Void> rest = chain.filter(exchange);
    return exchange.getRequest().getPath().value().startsWith("/v3/api-docs")
        ? rest.subscribeOn(Schedulers.boundedElastic())
        : rest;
  }
}
