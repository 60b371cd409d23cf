package dev.callbridge.own;

import dev.callbridge.agent.AgentException;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/// How whatever thinks is reached, and what is said of it when it is not.
final class ModelHttp {

  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

  /// Each call has at most one answer on its way.
  private static final int MAX_CONNECTIONS = 2_000;

  static final WebClient CLIENT =
      WebClient.builder()
          .clientConnector(
              new ReactorClientHttpConnector(
                  HttpClient.create(
                          ConnectionProvider.builder("model")
                              .maxConnections(MAX_CONNECTIONS)
                              .pendingAcquireMaxCount(MAX_CONNECTIONS)
                              .pendingAcquireTimeout(Duration.ofSeconds(2))
                              .maxIdleTime(Duration.ofSeconds(30))
                              .build())
                      .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                      .followRedirect(false)))
          .build();

  private ModelHttp() {}

  static AgentException failure(Throwable e) {
    return e instanceof AgentException known
        ? known
        : new AgentException(
            switch (e) {
              case TimeoutException _ -> "model_timeout";
              // An answer that was no good, or without a bound.
              case WebClientResponseException answer
                  when answer.getStatusCode().is2xxSuccessful() ->
                  "model_lost";
              case WebClientResponseException answer -> "model_" + answer.getStatusCode().value();
              case WebClientRequestException _ -> "model_unreachable";
              default -> "model_lost";
            });
  }
}
