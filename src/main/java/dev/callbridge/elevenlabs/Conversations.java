package dev.callbridge.elevenlabs;

import dev.callbridge.elevenlabs.ConversationException.Kind;
import dev.callbridge.sockets.Reach;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Conversations as ElevenLabs keeps them, for those whose webhook never came.
@Component
public final class Conversations {

  /// From the request to the whole answer.
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  /// A transcript of an hour, with room. A larger answer is not read.
  static final int MAX_BYTES = 4 * 1024 * 1024;

  private final ElevenLabsSettings settings;
  private final WebClient rest;

  Conversations(ElevenLabsSettings settings, Reach reach) {
    this.settings = settings;
    rest = RestClients.unhurried("conversations", TIMEOUT, MAX_BYTES, reach);
  }

  /// Fails with [ConversationException].
  public Mono<ConversationReport> fetch(String conversationId) {
    return fetch(conversationId, ConversationReport::of, ConversationReport::conversationId);
  }

  /// How it stands. Fails with [ConversationException].
  public Mono<ConversationEnd> end(String conversationId) {
    return fetch(conversationId, ConversationEnd::of, ConversationEnd::conversationId);
  }

  private <T> Mono<T> fetch(
      String conversationId, Function<JsonNode, @Nullable T> read, Function<T, String> id) {
    if (!ConversationReport.isId(conversationId)) {
      return Mono.error(() -> new ConversationException(Kind.NOT_FOUND, "its id is not one"));
    } else if (settings.apiKeyOrEmpty().isBlank()) {
      return Mono.error(() -> new ConversationException(Kind.REFUSED, "there is no API key"));
    }
    return rest.get()
        .uri(URI.create(settings.origin() + "/v1/convai/conversations/" + conversationId))
        .headers(headers -> headers.set("xi-api-key", settings.apiKeyOrEmpty().value()))
        .exchangeToMono(answer ->
            answer.statusCode().value() == 200
                ? answer.bodyToMono(byte[].class)
                : answer.releaseBody().then(Mono.error(refusal(answer.statusCode().value()))))
        // Megabytes of JSON are not for the event loops, which carry voices.
        .publishOn(Schedulers.parallel())
        .map(body -> of(conversationId, read.apply(ReportJson.read(body)), id))
        .timeout(TIMEOUT)
        .switchIfEmpty(Mono.error(() -> unreadable("nothing")))
        .onErrorMap(e -> !(e instanceof ConversationException), Conversations::failure);
  }

  private static <T> T of(String conversationId, @Nullable T answer, Function<T, String> id) {
    if (answer == null || !id.apply(answer).equals(conversationId)) {
      throw unreadable("another conversation");
    }
    return answer;
  }

  private static ConversationException refusal(int status) {
    Kind kind =
        switch (status) {
          case 404 -> Kind.NOT_FOUND;
          case 408, 425, 429 -> Kind.UNAVAILABLE;
          default -> status >= 500 ? Kind.UNAVAILABLE : Kind.REFUSED;
        };
    return new ConversationException(kind, "status " + status);
  }

  private static ConversationException failure(Throwable e) {
    return switch (e) {
      case JacksonException _ -> unreadable("not JSON");
      case DataBufferLimitException _ -> unreadable("more than " + MAX_BYTES + " bytes");
      case DecodingException _, WebClientResponseException _ ->
          e.getCause() instanceof DataBufferLimitException
              ? unreadable("more than " + MAX_BYTES + " bytes")
              : unreadable("not a body");
      case TimeoutException _ -> new ConversationException(Kind.UNAVAILABLE, "no answer in time");
      default -> new ConversationException(Kind.UNAVAILABLE, e.getClass().getSimpleName());
    };
  }

  private static ConversationException unreadable(String what) {
    return new ConversationException(Kind.UNREADABLE, "the answer is " + what);
  }
}
