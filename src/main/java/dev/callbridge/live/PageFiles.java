package dev.callbridge.live;

import org.reactivestreams.Publisher;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// The dashboard's files and libraries are looked for and read in jars, which blocks; so does
/// making the API's description of the code. Event loops carry voices: another thread does it.
@Component
@Order(0)
final class PageFiles implements WebFilter {

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (!isFile(exchange.getRequest().getPath().value())) {
      return chain.filter(exchange);
    }
    ServerHttpResponse reading = new Reading(exchange.getResponse());
    return chain
        .filter(exchange.mutate().response(reading).build())
        .subscribeOn(Schedulers.boundedElastic());
  }

  private static boolean isFile(String path) {
    return path.equals("/")
        || path.equals("/index.html")
        || path.startsWith("/assets/")
        || path.startsWith("/webjars/")
        || path.startsWith("/swagger-ui")
        || path.startsWith("/v3/api-docs");
  }

  /// What is written later is read later, when the socket asks for it on its own thread.
  private static final class Reading extends ServerHttpResponseDecorator {

    Reading(ServerHttpResponse response) {
      super(response);
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
      return super.writeWith(Flux.from(body).subscribeOn(Schedulers.boundedElastic()));
    }
  }
}
