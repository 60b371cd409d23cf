package dev.callbridge.aftercall;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.callbridge.elevenlabs.ElevenLabsSettings;
import dev.callbridge.elevenlabs.ReportSigning;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.twilio.TwilioSettings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Somebody who posts reports, and may or may not know the secret; and who asks what came of them.
final class Reporting {

  static final String PATH = "/elevenlabs/webhook";

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final TwilioSettings settings;
  private final String secret;

  Reporting(TwilioSettings settings, ElevenLabsSettings elevenlabs) {
    this.settings = settings;
    this.secret = elevenlabs.webhookSecrets().getFirst().value();
  }

  static String transcription(String conversation, String summary) {
    return """
    {"type":"post_call_transcription","event_timestamp":1,"data":{"conversation_id":"%s",\
    "status":"done","metadata":{"cost":100,"cost_fiat":0.015,"call_duration_secs":9},\
    "analysis":{"call_successful":"success","transcript_summary":"%s",\
    "evaluation_criteria_results":{"c":{"result":"success"}}}}}\
    """
        .formatted(conversation, summary);
  }

  String sign(String body) {
    return ReportSigning.header(secret, Instant.now().getEpochSecond(), body);
  }

  HttpResponse<String> post(String body) {
    return post(body, sign(body));
  }

  HttpResponse<String> post(String body, String... signatures) {
    return post(BodyPublishers.ofByteArray(body.getBytes(UTF_8)), signatures);
  }

  HttpResponse<String> post(BodyPublisher body, String... signatures) {
    HttpRequest.Builder request = request(PATH).header("Content-Type", "application/json");
    for (String signature : signatures) {
      request.header("ElevenLabs-Signature", signature);
    }
    return send(request.POST(body));
  }

  JsonNode get(String path) {
    return new JsonMapper().readTree(send(request(path).header("X-API-Key", "sandbox")).body());
  }

  int status(String path) {
    return send(request(path).header("X-API-Key", "sandbox")).statusCode();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(settings.publicUrl(path)).timeout(Callbridge.SOON);
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
