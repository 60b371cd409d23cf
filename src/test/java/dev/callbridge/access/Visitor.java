package dev.callbridge.access;

import dev.callbridge.twilio.TwilioSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Somebody who comes by HTTP, from an address of their own, with whatever they have to show.
final class Visitor {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final AtomicInteger VISITORS = new AtomicInteger();

  private final TwilioSettings settings;
  private final String address;

  Visitor(TwilioSettings settings) {
    this.settings = settings;
    int number = VISITORS.incrementAndGet();
    this.address = "198.51." + number / 256 + "." + number % 256;
  }

  String address() {
    return address;
  }

  /// An answer of which only the beginning may have come.
  record Answer(int status, HttpResponse<InputStream> http) {

    String body() {
      try (InputStream body = http.body()) {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// Closes it; whether until then more could have come.
    boolean isOpen() {
      try (InputStream body = http.body()) {
        byte[] come = new byte[65_536];
        int read = 0;
        while (body.available() > 0 && read >= 0) {
          read = body.read(come);
        }
        return read >= 0;
      } catch (IOException e) {
        return false;
      }
    }

    JsonNode json() {
      return new JsonMapper().readTree(body());
    }

    Optional<String> header(String name) {
      return http.headers().firstValue(name);
    }

    /// What the answer sets that cookie to, attributes and all.
    String cookie(String name) {
      return http.headers().allValues("Set-Cookie").stream()
          .filter(cookie -> cookie.startsWith(name + "="))
          .findFirst()
          .orElseThrow();
    }

    /// Only its value.
    String value(String name) {
      return cookie(name).substring(name.length() + 1).split(";", 2)[0];
    }
  }

  /// @param headers names and values, one after the other
  Answer send(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.publicUrl(path))
            .timeout(SOON)
            .header("X-Forwarded-For", address)
            .method(method, BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      HttpResponse<InputStream> response = HTTP.send(request.build(), BodyHandlers.ofInputStream());
      return new Answer(response.statusCode(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  Answer get(String path, String key) {
    return send("GET", path, "", "X-API-Key", key);
  }

  Answer post(String path, String key, String json) {
    return send("POST", path, json, "X-API-Key", key, "Content-Type", "application/json");
  }

  Answer delete(String path, String key) {
    return send("DELETE", path, "", "X-API-Key", key);
  }

  Answer call(String key, String json) {
    return send(
        "POST",
        "/api/v1/calls",
        json,
        "X-API-Key",
        key,
        "Content-Type",
        "application/json",
        "Idempotency-Key",
        UUID.randomUUID().toString());
  }

  /// A new key, as an administrator makes it.
  ///
  /// @param rest further fields of the request, each with a comma before it
  JsonNode makeKey(String scopes, String rest) {
    Answer made =
        post(
            "/api/v1/api-keys",
            "sandbox",
            "{\"name\":\"t-%s\",\"scopes\":[%s]%s}".formatted(UUID.randomUUID(), scopes, rest));
    if (made.status() != 201) {
      throw new AssertionError(made.status() + " " + made.body());
    }
    return made.json();
  }
}
