package dev.callbridge.sandbox.twilio;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A client of the REST API that shares no code with it.
final class RestClient implements AutoCloseable {
  record Reply(int status, String type, String body) {
    JsonNode json() {
      return new JsonMapper().readTree(body);
    }

    String get(String field) {
      return json().path(field).asString();
    }
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private final String base;
  private final String authorization;

  RestClient(SandboxTwilio twilio, String accountSid, String authToken) {
    this.base = twilio.url() + "/2010-04-01/Accounts/" + accountSid + "/";
    this.authorization =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((accountSid + ":" + authToken).getBytes(StandardCharsets.UTF_8));
  }

  Reply create(String to, Map<String, String> more) {
    var form = new LinkedHashMap<String, String>();
    form.put("To", to);
    form.put("From", "+15550001000");
    form.putAll(more);
    return post("Calls.json", Form.encode(form));
  }

  Reply post(String resource, String form) {
    return send(
        HttpRequest.newBuilder(URI.create(base + resource))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  Reply get(String resource) {
    return send(HttpRequest.newBuilder(URI.create(base + resource)));
  }

  Reply delete(String resource) {
    return send(HttpRequest.newBuilder(URI.create(base + resource)).DELETE());
  }

  private Reply send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          http.send(
              request.header("Authorization", authorization).timeout(ScriptedServer.SOON).build(),
              HttpResponse.BodyHandlers.ofString());
      return new Reply(
          response.statusCode(),
          response.headers().firstValue("Content-Type").orElse(""),
          response.body());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
