package dev.callbridge.outbound;

import dev.callbridge.twilio.TwilioSettings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A customer's program: speaks HTTP and knows nothing else of the application.
final class Api {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final TwilioSettings settings;

  Api(TwilioSettings settings) {
    this.settings = settings;
  }

  record Answer(int status, String type, String body, HttpResponse<String> http) {
    JsonNode json() {
      return new JsonMapper().readTree(body);
    }

    String get(String pointer) {
      return json().at(pointer).asString("");
    }

    UUID id() {
      return UUID.fromString(get("/id"));
    }
  }

  Answer place(String body) {
    return place(body, UUID.randomUUID().toString());
  }

  Answer place(String body, @Nullable String idempotencyKey) {
    HttpRequest.Builder request =
        request("/api/v1/calls").POST(BodyPublishers.ofString(body)).header("X-API-Key", "sandbox");
    if (idempotencyKey != null) {
      request.header("Idempotency-Key", idempotencyKey);
    }
    return send(request.header("Content-Type", "application/json"));
  }

  Answer get(String path) {
    return send(request(path).header("Authorization", "Bearer sandbox"));
  }

  Answer delete(String path) {
    return send(request(path).DELETE().header("Authorization", "Bearer sandbox"));
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(settings.publicUrl(path)).timeout(SOON);
  }

  Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("Content-Type").orElse(""),
          response.body(),
          response);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
