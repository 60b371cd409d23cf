package dev.callbridge.reservations;

import dev.callbridge.twilio.TwilioSettings;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A customer's program: speaks HTTP and knows nothing else of the application.
record Http(TwilioSettings settings) {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  record Answer(int status, JsonNode json, boolean replayed) {
    String get(String pointer) {
      return json.at(pointer).asString("");
    }

    UUID id() {
      return UUID.fromString(get("/id"));
    }
  }

  Answer get(String path) {
    return now("GET", path, "", "");
  }

  Answer post(String path, String body) {
    return now("POST", path, body, UUID.randomUUID().toString());
  }

  Answer patch(String path, String body) {
    return now("PATCH", path, body, "");
  }

  Answer now(String method, String path, String body, String idempotencyKey) {
    return Objects.requireNonNull(send(method, path, body, idempotencyKey).block(SOON));
  }

  /// @param body with ' for "
  Mono<Answer> send(String method, String path, String body, String idempotencyKey) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.publicUrl(path))
            .timeout(SOON)
            .header("X-API-Key", "sandbox")
            .header("Content-Type", "application/json")
            .method(
                method,
                body.isEmpty()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(body.replace('\'', '"')));
    if (!idempotencyKey.isEmpty()) {
      request.header("Idempotency-Key", idempotencyKey);
    }
    return Mono.fromFuture(() -> HTTP.sendAsync(request.build(), BodyHandlers.ofString()))
        .map(Http::answer);
  }

  private static Answer answer(HttpResponse<String> response) {
    return new Answer(
        response.statusCode(),
        new JsonMapper().readTree(response.body().isEmpty() ? "{}" : response.body()),
        response.headers().firstValue("Idempotency-Replayed").orElse("").equals("true"));
  }
}
