package dev.callbridge.access;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/// Refusals by a filter, as RFC 9457 problems like those of the routes themselves.
final class Problems {

  private static final JsonMapper JSON = new JsonMapper();

  private Problems() {}

  static Mono<Void> write(ServerWebExchange exchange, HttpStatus status, String detail) {
    var response = exchange.getResponse();
    response.setStatusCode(status);
    response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    if (status == HttpStatus.UNAUTHORIZED) {
      response.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    }
    Map<String, Object> problem = new LinkedHashMap<>();
    problem.put("title", status.getReasonPhrase());
    problem.put("status", status.value());
    problem.put("detail", detail);
    problem.put("instance", exchange.getRequest().getPath().value());
    return response.writeWith(
        Mono.fromSupplier(() -> response.bufferFactory().wrap(JSON.writeValueAsBytes(problem))));
  }

  static Mono<Void> tooMany(ServerWebExchange exchange, Duration wait, String detail) {
    exchange.getResponse().getHeaders().set(HttpHeaders.RETRY_AFTER, seconds(wait));
    return write(exchange, HttpStatus.TOO_MANY_REQUESTS, detail);
  }

  /// Whole ones, and never none.
  static String seconds(Duration wait) {
    return Long.toString(wait.toSeconds() + 1);
  }
}
