package dev.callbridge.own;

import dev.callbridge.agent.Introduction;
import dev.callbridge.assistants.DialogflowSettings;
import java.net.URI;
import java.util.List;
import org.springframework.http.MediaType;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/// A Dialogflow CX agent, by `detectIntent`. One call is one session of it, also after a loss. Its
/// answers come whole; cancelling closes the connection.
final class DialogflowBrain implements Brain {

  private final DialogflowSettings settings;
  private final GoogleAccess google;
  private final URI session;
  private final DialogflowDialogue dialogue;

  DialogflowBrain(DialogflowSettings settings, GoogleAccess google, Introduction introduction) {
    this.settings = settings;
    this.google = google;
    this.session = URI.create(settings.sessions() + introduction.callId() + ":detectIntent");
    this.dialogue = new DialogflowDialogue(settings, introduction);
  }

  /// Where it is asked several things, what it says to the last of them is the answer.
  @Override
  public Flux<Thought> think(List<Message> conversation) {
    return Flux.defer(() -> Flux.fromIterable(dialogue.queries(conversation)))
        .concatMap(
            query -> detect(query).timeout(settings.deadline()).doOnNext(_ -> dialogue.told(query)),
            1)
        .takeLast(1)
        .concatMapIterable(dialogue::thoughts)
        .onErrorMap(ModelHttp::failure);
  }

  private Mono<JsonNode> detect(DialogflowDialogue.Query query) {
    return settings.needsCredentials()
        ? google.token(settings.credentials()).flatMap(token -> detect(query, token))
        : detect(query, "");
  }

  private Mono<JsonNode> detect(DialogflowDialogue.Query query, String token) {
    return ModelHttp.CLIENT
        .post()
        .uri(session)
        .headers(headers -> {
          if (!token.isEmpty()) {
            headers.setBearerAuth(token);
          }
        })
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(query.body().toString())
        .retrieve()
        .bodyToMono(JsonNode.class);
  }
}
