package dev.callbridge.own;

import dev.callbridge.agent.AgentException;
import dev.callbridge.assistants.OwnAgentSettings.Model;
import io.netty.channel.ChannelOption;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/// A language model behind an OpenAI-compatible endpoint. Cancelling closes the connection, which
/// is how such an endpoint is told to stop.
final class OpenAiBrain implements Brain {

  /// Between two pieces of an answer that has begun.
  private static final Duration BETWEEN = Duration.ofSeconds(4);

  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

  /// Each call has at most one answer on its way.
  private static final int MAX_CONNECTIONS = 2_000;

  private static final WebClient HTTP =
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

  private static final ParameterizedTypeReference<ServerSentEvent<String>> EVENTS =
      new ParameterizedTypeReference<>() {};

  private final Model model;
  private final List<ToolDescription> tools;

  OpenAiBrain(Model model, List<ToolDescription> tools) {
    this.model = model;
    this.tools = tools;
  }

  @Override
  public Flux<Thought> think(List<Message> conversation) {
    return Flux.defer(
            () -> {
              Answer answer = new Answer();
              return pieces(conversation)
                  .timeout(Mono.delay(model.firstToken()), _ -> Mono.delay(BETWEEN))
                  .takeUntil(data -> data.strip().equals("[DONE]"))
                  .concatMapIterable(answer::read)
                  .concatWith(Flux.defer(() -> Flux.fromIterable(answer.end())));
            })
        .onErrorMap(e -> !(e instanceof AgentException), OpenAiBrain::failure);
  }

  private Flux<String> pieces(List<Message> conversation) {
    return HTTP.post()
        .uri(URI.create(model.url().toString().replaceAll("/+$", "") + "/chat/completions"))
        .headers(headers -> {
          if (model.apiKey() != null) {
            headers.setBearerAuth(model.apiKey());
          }
        })
        .contentType(MediaType.APPLICATION_JSON)
        .accept(MediaType.TEXT_EVENT_STREAM)
        .bodyValue(ModelMessages.request(model.name(), conversation, tools))
        .retrieve()
        .bodyToFlux(EVENTS)
        .mapNotNull(ServerSentEvent::data);
  }

  private static AgentException failure(Throwable e) {
    return new AgentException(
        switch (e) {
          case TimeoutException _ -> "model_timeout";
          case WebClientResponseException answer -> "model_" + answer.getStatusCode().value();
          case org.springframework.web.reactive.function.client.WebClientRequestException _ ->
              "model_unreachable";
          default -> "model_lost";
        });
  }
}
