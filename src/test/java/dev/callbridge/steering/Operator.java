package dev.callbridge.steering;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.callbridge.call.Call;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.twilio.TwilioSettings;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Objects;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Somebody who steers calls: speaks HTTP and knows nothing else of the application.
record Operator(TwilioSettings settings) {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  record Answer(int status, JsonNode json, boolean isRepeat) {
    String get(String pointer) {
      return json.at(pointer).asString("");
    }
  }

  Answer tell(Call call, String what, String body) {
    return post("/api/v1/calls/" + call.id() + "/" + what, body, "");
  }

  /// @param mulaw somebody's voice
  Answer say(Call call, String type, byte[] mulaw, String key) {
    String path = "/api/v1/calls/" + call.id() + "/utterance";
    return Objects.requireNonNull(send(path, type, mulaw, key).block(Callbridge.SOON));
  }

  Answer post(String path, String body, String key) {
    return Objects.requireNonNull(send(path, body, key).block(Callbridge.SOON));
  }

  /// @param body with ' for "
  Mono<Answer> send(String path, String body, String key) {
    return send(path, "application/json", body.replace('\'', '"').getBytes(UTF_8), key);
  }

  Mono<Answer> send(String path, String type, byte[] body, String key) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.publicUrl(path))
            .timeout(SOON)
            .header("X-API-Key", "sandbox")
            .header("Content-Type", type)
            .POST(BodyPublishers.ofByteArray(body));
    if (!key.isEmpty()) {
      request.header("Idempotency-Key", key);
    }
    return Mono.fromFuture(() -> HTTP.sendAsync(request.build(), BodyHandlers.ofString()))
        .map(Operator::answer);
  }

  /// @return what it was answered with, audio
  Mono<byte[]> audio(String path, String type, byte[] body) {
    HttpRequest request =
        HttpRequest.newBuilder(settings.publicUrl(path))
            .timeout(SOON)
            .header("X-API-Key", "sandbox")
            .header("Content-Type", type)
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    return Mono.fromFuture(() -> HTTP.sendAsync(request, BodyHandlers.ofByteArray()))
        .map(HttpResponse::body);
  }

  private static Answer answer(HttpResponse<String> response) {
    return new Answer(
        response.statusCode(),
        new JsonMapper().readTree(response.body().isEmpty() ? "{}" : response.body()),
        response.headers().firstValue("Idempotency-Replayed").orElse("").equals("true"));
  }
}
