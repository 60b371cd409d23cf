package dev.callbridge.aftercall;

import static dev.callbridge.aftercall.Reporting.transcription;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.CallStore;
import dev.callbridge.elevenlabs.ElevenLabsSettings;
import dev.callbridge.elevenlabs.ReportSigning;
import dev.callbridge.elevenlabs.WebhookSignature;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import dev.callbridge.testing.Plans;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.reactive.function.server.MockServerRequest;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/// What ElevenLabs signed lands once, however often and whenever it comes; nothing else does.
@CallbridgeTest
final class PostCallWebhookTests {

  private static final Duration SOON = Callbridge.SOON;

  private final String conversation = "conv_" + UUID.randomUUID();
  private final CallStore calls;
  private final DatabaseClient database;
  private final Callbridge callbridge;
  private final Reporting reporting;

  @Autowired private Reports reports;
  @Autowired private Landing landing;

  PostCallWebhookTests(
      @Autowired CallStore calls,
      @Autowired DatabaseClient database,
      @Autowired Callbridge callbridge,
      @Autowired ElevenLabsSettings elevenlabs) {
    this.calls = calls;
    this.database = database;
    this.callbridge = callbridge;
    this.reporting = new Reporting(callbridge.settings(), elevenlabs);
  }

  @Test
  void aReportLandsOnceHoweverOftenItComes() {
    UUID call = callWith(conversation);
    String body = transcription(conversation, "All went well.");

    for (int i = 0; i < 3; i++) {
      HttpResponse<String> answer = reporting.post(body);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Callbridge-Mode")).contains("SANDBOX");
    }

    assertThat(count("conversation_report")).isEqualTo(1);
    assertThat(deliveries()).isEqualTo(3);
    JsonNode analysis = analysis(call);
    assertThat(analysis.path("status").asString()).isEqualTo("AVAILABLE");
    assertThat(analysis.path("source").asString()).isEqualTo("WEBHOOK");
    assertThat(analysis.path("successful").asString()).isEqualTo("success");
    assertThat(analysis.path("summary").asString()).isEqualTo("All went well.");
    assertThat(analysis.at("/evaluation/c/result").asString()).isEqualTo("success");
    assertThat(analysis.path("collected").isNull()).isTrue();
    assertThat(callbridge.events(call).stream().filter(e -> e.kind() == Kind.REPORTED)).hasSize(1);
  }

  @Test
  void whatALaterReportDoesNotSayStaysKnown() {
    UUID call = callWith(conversation);
    reporting.post(transcription(conversation, "Known."));

    reporting.post(
        "{\"type\":\"post_call_transcription\",\"data\":{\"conversation_id\":\"%s\",\"status\":\"done\"}}"
            .formatted(conversation));

    assertThat(analysis(call).path("summary").asString()).isEqualTo("Known.");
  }

  @Test
  void aReportThatOvertakesItsConversationsIdStillLands() {
    UUID call = create();
    assertThat(reporting.post(transcription(conversation, "Early.")).statusCode()).isEqualTo(200);
    assertThat(count("conversation_quarantine")).isEqualTo(1);
    assertThat(analysis(call).path("status").asString()).isEqualTo("PENDING");

    connect(call, conversation);

    Callbridge.eventually(
        () -> "Early.".equals(analysis(call).path("summary").asString("")), "not adopted");
    Callbridge.eventually(
        () -> callbridge.events(call).stream().anyMatch(e -> e.kind() == Kind.REPORTED),
        "no evidence of it");
    assertThat(count("conversation_quarantine")).isZero();
    assertThat(calls.find(call).block(SOON)).matches(found -> !found.isOver());
  }

  @Test
  void aStrangersReportIsThankedAndKeptApart() {
    assertThat(reporting.post(transcription(conversation, "Whose?")).statusCode()).isEqualTo(200);

    assertThat(count("conversation_quarantine")).isEqualTo(1);
    assertThat(count("conversation_report")).isZero();
  }

  @Test
  void aForgedReportLeavesNothingBehind() {
    UUID call = callWith(conversation);
    String body = transcription(conversation, "Forged.");
    long now = Instant.now().getEpochSecond();
    String good = reporting.sign(body);

    assertThat(reporting.post(body, new String[0]).statusCode()).isEqualTo(403);
    assertThat(reporting.post(body, ReportSigning.header("other", now, body)).statusCode())
        .isEqualTo(403);
    assertThat(reporting.post(body, good, good).statusCode()).isEqualTo(403);
    assertThat(reporting.post(body.replace("Forged", "Changed"), good).statusCode()).isEqualTo(403);

    assertThat(analysis(call).path("status").asString()).isEqualTo("PENDING");
    assertThat(count("conversation_quarantine")).isZero();
    assertThat(count("webhook_receipt")).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {-400, 400})
  void aSignatureOfAnotherTimeIsReplayed(long offset) {
    String body = transcription(conversation, "Old.");
    String header =
        ReportSigning.header(
            "sandbox-webhook-secret-of-no-account", Instant.now().getEpochSecond() + offset, body);

    assertThat(reporting.post(body, header).statusCode()).isEqualTo(403);
    assertThat(count("webhook_receipt")).isZero();
  }

  @Test
  void otherTypesAreThankedAndNoted() {
    callWith(conversation);
    String data = "\"data\":{\"conversation_id\":\"" + conversation + "\"";

    assertThat(
            reporting
                .post("{\"type\":\"post_call_audio\"," + data + ",\"full_audio\":\"SUQz\"}}")
                .statusCode())
        .isEqualTo(200);
    assertThat(
            reporting
                .post(
                    "{\"type\":\"call_initiation_failure\","
                        + data
                        + ",\"failure_reason\":\"busy\"}}")
                .statusCode())
        .isEqualTo(200);
    assertThat(reporting.post("{\"type\":\"of_tomorrow\"," + data + "}}").statusCode())
        .isEqualTo(200);

    assertThat(count("webhook_receipt")).isEqualTo(2);
    assertThat(count("conversation_report")).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{",
        "not json",
        "{\"type\":\"post_call_transcription\"}",
        "{\"type\":\"post_call_transcription\",\"data\":{\"conversation_id\":\"'; DROP TABLE call;\"}}"
      })
  void signedNonsenseIsThanked(String body) {
    assertThat(reporting.post(body).statusCode()).isEqualTo(200);
  }

  @Test
  void hostileTextsAndNumbersAreStoredOrLeftOut() {
    UUID call = callWith(conversation);
    String body =
        """
        {"type":"post_call_transcription","data":{"conversation_id":"%s","status":"done\\u0000",
         "agent_id":"\\ud800","metadata":{"cost":1e99,"cost_fiat":1e99999,"termination_reason":"\\u0000"},
         "analysis":{"call_successful":true,"transcript_summary":"a\\u0000\\ud800\\u202e</script>",
           "data_collection_results":{"x":{"value":"\\u0000","n":1e400,"y":"\\\\u0000"}}}}}
        """
            .formatted(conversation);

    assertThat(reporting.post(body).statusCode()).isEqualTo(200);

    JsonNode analysis = analysis(call);
    assertThat(analysis.path("status").asString()).isEqualTo("AVAILABLE");
    assertThat(analysis.path("summary").asString()).startsWith("a").contains("</script>");
    assertThat(analysis.at("/collected/x/y").asString()).isEqualTo("\\u0000");
  }

  @Test
  void sixtyFourThousandLevelsAreNotClimbed() {
    String body = "{\"type\":\"post_call_transcription\",\"data\":" + "[".repeat(64_000);

    assertThat(reporting.post(body).statusCode()).isEqualTo(200);
  }

  @Test
  void whatIsTooLargeIsRefusedWhetherItSaysSoOrNot() {
    String audio = "{\"type\":\"post_call_audio\",\"x\":\"" + "A".repeat(2 << 20) + "\"}";
    byte[] bytes = audio.getBytes(StandardCharsets.UTF_8);

    assertThat(reporting.post(audio).statusCode()).isEqualTo(413);
    assertThat(
            reporting
                .post(
                    BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)),
                    reporting.sign(audio))
                .statusCode())
        .isEqualTo(413);
  }

  @Test
  void aBodyThatDoesNotComeIsNotWaitedFor() throws IOException {
    URI url = callbridge.settings().publicUrl(Reporting.PATH);
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket.setSoTimeout((int) SOON.toMillis());
      String head =
          "POST %s HTTP/1.1\r\nHost: x\r\nElevenLabs-Signature: %s\r\nContent-Length: 100\r\n\r\n{"
              .formatted(Reporting.PATH, reporting.sign(""));
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(12);

      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 408");
    }
  }

  @Test
  void withoutASecretEverythingIsRefused() {
    WebhookSignature none = new WebhookSignature(List.of(), Clock.systemUTC());
    PostCallWebhook webhook =
        new PostCallWebhook(none, reports, landing, new SimpleMeterRegistry());
    String body = transcription(conversation, "Unchecked.");
    var request =
        MockServerRequest.builder()
            .header(WebhookSignature.HEADER, reporting.sign(body))
            .body(Mono.just(body));

    ServerResponse answer = Objects.requireNonNull(webhook.receive(request).block(SOON));

    assertThat(answer.statusCode().value()).isEqualTo(503);
    assertThat(count("webhook_receipt")).isZero();
  }

  @Test
  void onlyPostIsServedAndNoKeyOpensMore() {
    assertThat(reporting.status(Reporting.PATH)).isEqualTo(404);
    assertThat(reporting.status("/elevenlabs/other")).isEqualTo(403);
    assertThat(reporting.status("/api/v1/calls/" + UUID.randomUUID() + "/analysis")).isEqualTo(404);
  }

  private JsonNode analysis(UUID call) {
    return reporting.get("/api/v1/calls/" + call + "/analysis");
  }

  private UUID callWith(String id) {
    UUID call = create();
    connect(call, id);
    return call;
  }

  private UUID create() {
    CallPlan plan = Plans.outbound();
    return Objects.requireNonNull(calls.create(Call.newId(), plan, null).block(SOON)).id();
  }

  private void connect(UUID call, String id) {
    Map<String, String> details = Map.of("conversationId", id, "session", "1");
    calls
        .append(
            new CallEvent(call, Kind.AGENT_CONNECTED, Source.RELAY, "1", Instant.now(), details))
        .block(SOON);
  }

  private int deliveries() {
    return Objects.requireNonNull(
        database
            .sql("SELECT deliveries FROM webhook_receipt WHERE conversation_id = :id")
            .bind("id", conversation)
            .map(row -> Objects.requireNonNull(row.get(0, Integer.class)))
            .one()
            .block(SOON));
  }

  private long count(String table) {
    return Objects.requireNonNull(
        database
            .sql("SELECT count(*) FROM " + table + " WHERE conversation_id = :id")
            .bind("id", conversation)
            .map(row -> Objects.requireNonNull(row.get(0, Long.class)))
            .one()
            .block(SOON));
  }
}
