package dev.callbridge.own;

import dev.callbridge.assistants.OwnAgentSettings.Model;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// A language model behind an OpenAI-compatible endpoint. Cancelling closes the connection, which
/// is how such an endpoint is told to stop.
final class OpenAiBrain implements Brain {

  /// Between two pieces of an answer that has begun.
  private static final Duration BETWEEN = Duration.ofSeconds(4);

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
        .onErrorMap(ModelHttp::failure);
  }

  private Flux<String> pieces(List<Message> conversation) {
    return ModelHttp.CLIENT
        .post()
        .uri(URI.create(model.url().toString().replaceAll("/+$", "") + "/chat/completions"))
        .headers(headers -> {
          if (model.apiKey() != null) {
            headers.setBearerAuth(model.apiKey().value());
          }
        })
        .contentType(MediaType.APPLICATION_JSON)
        .accept(MediaType.TEXT_EVENT_STREAM)
        .bodyValue(ModelMessages.request(model.name(), conversation, tools))
        .retrieve()
        .bodyToFlux(EVENTS)
        .mapNotNull(ServerSentEvent::data);
  }
}
