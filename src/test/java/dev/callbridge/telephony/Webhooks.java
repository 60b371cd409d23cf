package dev.callbridge.telephony;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.callbridge.twilio.Signing;
import dev.callbridge.twilio.TwilioSettings;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/// Somebody who sends webhooks, and may or may not know the token.
final class Webhooks {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final TwilioSettings settings;

  Webhooks(TwilioSettings settings) {
    this.settings = settings;
  }

  record Answer(int status, String body) {}

  /// A form about a new call, as Twilio sends it.
  Map<String, String> call(String status) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("CallSid", "CA" + UUID.randomUUID().toString().replace("-", ""));
    form.put("AccountSid", settings.accountSid());
    form.put("From", "+15550009999");
    form.put("To", "+15550001000");
    form.put("CallStatus", status);
    form.put("Direction", "inbound");
    form.put("ApiVersion", "2010-04-01");
    return form;
  }

  URI url(String path) {
    return settings.webhook(path);
  }

  String sign(String path, Map<String, String> form) {
    return Signing.sign(settings.authTokens().getFirst().value(), url(path).toString(), form);
  }

  Answer post(String path, Map<String, String> form) {
    return post(path, form, sign(path, form));
  }

  Answer post(String path, Map<String, String> form, String... signatures) {
    HttpRequest.Builder request = request(path, encode(form));
    for (String signature : signatures) {
      request.header("X-Twilio-Signature", signature);
    }
    return send(request);
  }

  HttpRequest.Builder request(String path, String body) {
    return HttpRequest.newBuilder(url(path))
        .header("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
        .POST(BodyPublishers.ofString(body));
  }

  Answer get(String path) {
    return send(
        HttpRequest.newBuilder(url(path)).header("X-Twilio-Signature", sign(path, Map.of())));
  }

  Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          HTTP.send(request.timeout(SOON).build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static String encode(Map<String, String> form) {
    return form.entrySet().stream()
        .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  static String encode(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}
