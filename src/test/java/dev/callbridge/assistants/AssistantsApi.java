package dev.callbridge.assistants;

import dev.callbridge.twilio.TwilioSettings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An administrator's program.
final class AssistantsApi {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final TwilioSettings settings;

  AssistantsApi(TwilioSettings settings) {
    this.settings = settings;
  }

  record Answer(int status, HttpResponse<String> http) {
    String body() {
      return http.body();
    }

    JsonNode json() {
      return new JsonMapper().readTree(http.body());
    }

    String get(String pointer) {
      return json().at(pointer).asString("");
    }

    String etag() {
      return http.headers().firstValue("ETag").orElse("");
    }
  }

  /// @param headers names and values, one after the other
  Answer send(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.publicUrl(path))
            .timeout(SOON)
            .header("X-API-Key", "sandbox")
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  Answer get(String path) {
    return send("GET", path, "");
  }

  Answer make(String body) {
    return send("POST", AssistantsController.PATH, body);
  }

  Answer put(String name, String body, String... headers) {
    return send("PUT", AssistantsController.PATH + "/" + name, body, headers);
  }

  Answer delete(String name, String... headers) {
    return send("DELETE", AssistantsController.PATH + "/" + name, "", headers);
  }

  Answer place(String body) {
    return send("POST", "/api/v1/calls", body, "Idempotency-Key", UUID.randomUUID().toString());
  }
}
