package dev.callbridge.steering;

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

  Answer post(String path, String body, String key) {
    return Objects.requireNonNull(send(path, body, key).block(Callbridge.SOON));
  }

  /// @param body with ' for "
  Mono<Answer> send(String path, String body, String key) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.publicUrl(path))
            .timeout(SOON)
            .header("X-API-Key", "sandbox")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.replace('\'', '"')));
    if (!key.isEmpty()) {
      request.header("Idempotency-Key", key);
    }
    return Mono.fromFuture(() -> HTTP.sendAsync(request.build(), BodyHandlers.ofString()))
        .map(Operator::answer);
  }

  private static Answer answer(HttpResponse<String> response) {
    return new Answer(
        response.statusCode(),
        new JsonMapper().readTree(response.body().isEmpty() ? "{}" : response.body()),
        response.headers().firstValue("Idempotency-Replayed").orElse("").equals("true"));
  }
}
