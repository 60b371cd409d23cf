package dev.callbridge.elevenlabs;

import dev.callbridge.elevenlabs.WorkspaceException.Kind;
import dev.callbridge.secrets.Secret;
import dev.callbridge.sockets.Reach;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// The workspace as it is set up: its agents, what is left of its credit, how many conversations
/// are on. Everything fails with [WorkspaceException].
@Component
public final class Workspace {

  /// From the request to the whole answer.
  static final Duration TIMEOUT = Duration.ofSeconds(5);

  /// An agent's prompt may be long. A larger answer is not read.
  private static final int MAX_BYTES = 4 * 1024 * 1024;

  private final ElevenLabsSettings settings;
  private final WebClient rest;

  Workspace(ElevenLabsSettings settings, Reach reach) {
    this.settings = settings;
    rest = RestClients.unhurried("workspace", TIMEOUT, MAX_BYTES, reach);
  }

  public Mono<AgentProfile> agent(String agentId) {
    String path = "/v1/convai/agents/" + encode(agentId);
    return read(agentId, path, json -> AgentProfile.of(json, agentId));
  }

  /// Of the workspace that the agent is in.
  public Mono<Subscription> subscription(String agentId) {
    return read(agentId, "/v1/user/subscription", Subscription::of);
  }

  /// Conversations of that agent that are on, whoever began them.
  public Mono<Long> liveCount(String agentId) {
    String path = "/v1/convai/analytics/live-count?agent_id=" + encode(agentId);
    return read(
        agentId,
        path,
        json -> json.path("count").canConvertToLong() ? json.path("count").asLong() : null);
  }

  private static String encode(String agentId) {
    return URLEncoder.encode(agentId, StandardCharsets.UTF_8);
  }

  private <T extends Object> Mono<T> read(
      String agentId, String path, Function<JsonNode, @Nullable T> reader) {
    Secret key = settings.keyOf(agentId);
    if (key.isBlank()) {
      return Mono.error(() -> new WorkspaceException(Kind.NO_KEY, "there is no API key"));
    }
    return rest.get()
        .uri(URI.create(settings.origin() + path))
        .headers(headers -> headers.set("xi-api-key", key.value()))
        .exchangeToMono(Workspace::body)
        // Megabytes of JSON are not for the event loops, which carry voices.
        .publishOn(Schedulers.parallel())
        .flatMap(body -> Mono.justOrEmpty(reader.apply(ReportJson.read(body))))
        .timeout(TIMEOUT)
        .switchIfEmpty(
            Mono.error(
                () -> new WorkspaceException(Kind.UNREADABLE, "the answer is something else")))
        .onErrorMap(e -> !(e instanceof WorkspaceException), Workspace::failure);
  }

  private static Mono<byte[]> body(ClientResponse answer) {
    int status = answer.statusCode().value();
    Mono<byte[]> body = answer.bodyToMono(byte[].class);
    return status == 200
        ? body
        : body.defaultIfEmpty(new byte[0])
            .flatMap(refusal ->
                Mono.error(WorkspaceException.refusal(status, SignedUrls.code(refusal))));
  }

  private static WorkspaceException failure(Throwable e) {
    return switch (e) {
      case JacksonException _ -> new WorkspaceException(Kind.UNREADABLE, "the answer is not JSON");
      case TimeoutException _ -> new WorkspaceException(Kind.UNAVAILABLE, "no answer in time");
      default -> new WorkspaceException(Kind.UNAVAILABLE, e.getClass().getSimpleName());
    };
  }
}
