package dev.callbridge.diagnostics;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// Where [OriginProbe] arrives. Like every address below `/twilio/` it wants Twilio's signature, so
/// an answer comes from a Callbridge with our token and from nobody else.
@Configuration(proxyBeanMethods = false)
class ReachRoute {

  static final String PATH = "/twilio/reached";

  static final String MARK = "Callbridge-Reached";

  /// All that was sent has arrived.
  static final String WHOLE = "whole";

  @Bean
  RouterFunction<ServerResponse> reached() {
    return RouterFunctions.route(
        RequestPredicates.methods(HttpMethod.GET, HttpMethod.POST)
            .and(RequestPredicates.path(PATH)),
        ReachRoute::answer);
  }

  /// A GET stands for the upgrade of a socket.
  private static Mono<ServerResponse> answer(ServerRequest request) {
    boolean whole =
        HttpMethod.POST.equals(request.method())
            || "websocket".equalsIgnoreCase(request.headers().firstHeader("Upgrade"));
    return ServerResponse.ok().header(MARK, whole ? WHOLE : "without upgrade").build();
  }
}
