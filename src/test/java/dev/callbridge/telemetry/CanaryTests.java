package dev.callbridge.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.InboundCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalManagementPort;
import tools.jackson.databind.json.JsonMapper;

/// What is nobody's business is put in wherever something can be put in, and looked for wherever
/// something comes out, with every logger of ours turned up.
@CallbridgeTest
@ExtendWith(OutputCaptureExtension.class)
final class CanaryTests {

  private static final String CANARY = "canary5d1f";
  private static final String NUMBER = "+15550007531";
  private static final List<String> LOGGERS = List.of("dev.callbridge", "callbridge");
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @Autowired private Callbridge callbridge;
  @Autowired private LoggingSystem logging;
  @LocalManagementPort private int managementPort;

  @BeforeEach
  void turnUp() {
    LOGGERS.forEach(logger -> logging.setLogLevel(logger, LogLevel.TRACE));
  }

  @AfterEach
  void turnDown() {
    LOGGERS.forEach(logger -> logging.setLogLevel(logger, null));
  }

  @Test
  void nothingOfItIsFoundInLogsMetricsAndRefusals(CapturedOutput logs) throws Exception {
    List<String> refusals = refusals();
    UUID placed = place();
    var line =
        callbridge
            .twilio()
            .callIn(
                new InboundCall(
                    callbridge.settings().webhook("/twilio/voice?name=" + CANARY),
                    NUMBER,
                    Objects.requireNonNull(callbridge.settings().phoneNumber()),
                    CallerScript.answers().hears(Duration.ofSeconds(1)).hangsUp(),
                    callbridge.settings().webhook("/twilio/status")));
    callbridge.awaitOutcome(line);
    callbridge.await(placed, Call::isOver);

    assertThat(refusals).hasSize(6);
    String metrics =
        send(HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + managementPort + "/actuator/prometheus")))
            .body();
    assertThat(logs.getAll()).contains("call " + placed + ": ");
    assertThat(List.of(logs.getAll(), metrics, String.join("\n", refusals)))
        .allSatisfy(text ->
            assertThat(text)
                .doesNotContainIgnoringCase(CANARY)
                .doesNotContain(NUMBER, NUMBER.substring(1), "+15550002000")
                .doesNotContain("auth-token-of-no-account", "webhook-secret-of-no-account")
                .doesNotContain("conversation_signature", "token=", "table for two"));
  }

  private UUID place() throws Exception {
    String body =
        """
        {"to":"+15550002000","firstMessage":"Hello, %1$s.","variables":{"name":"%1$s"},\
        "metadata":{"order":"%1$s"}}\
        """
            .formatted(CANARY);
    HttpResponse<String> answer =
        send(to("/api/v1/calls", body, "sandbox").header("Idempotency-Key", CANARY));
    return UUID.fromString(new JsonMapper().readTree(answer.body()).path("id").asString(""));
  }

  /// Each with the canary where it is checked.
  private List<String> refusals() throws Exception {
    List<HttpRequest.Builder> requests = new ArrayList<>();
    requests.add(to("/api/v1/calls", "{\"to\":\"" + CANARY + "\"}", "sandbox"));
    requests.add(to("/api/v1/calls", "{\"" + CANARY, "sandbox"));
    requests.add(to("/api/v1/calls", "{}", CANARY));
    requests.add(
        to("/login", "{\"username\":\"sandbox\",\"password\":\"" + CANARY + "\"}", "sandbox"));
    requests.add(to("/twilio/voice", "name=" + CANARY, "").header("X-Twilio-Signature", CANARY));
    requests.add(
        HttpRequest.newBuilder(callbridge.settings().publicUrl("/twilio/media/" + CANARY)));
    List<String> bodies = new ArrayList<>();
    for (HttpRequest.Builder request : requests) {
      HttpResponse<String> answer = send(request);
      assertThat(answer.statusCode()).isBetween(400, 499);
      bodies.add(answer.body());
    }
    return bodies;
  }

  private HttpRequest.Builder to(String path, String body, String key) {
    return HttpRequest.newBuilder(callbridge.settings().publicUrl(path))
        .header("Content-Type", "application/json")
        .header("X-API-Key", key)
        .POST(BodyPublishers.ofString(body));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HTTP.send(request.timeout(SOON).build(), BodyHandlers.ofString());
  }
}
