package dev.callbridge.aftercall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.elevenlabs.ElevenLabsSettings;
import dev.callbridge.sandbox.elevenlabs.AgentSession;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/// Whole calls, and what is known of them afterwards.
@CallbridgeTest
final class AfterCallTests {

  private static final CallerScript BOOKS =
      CallerScript.answers().listens().says("booking").listens();

  private final Callbridge callbridge;
  private final Reporting reporting;

  AfterCallTests(@Autowired Callbridge callbridge, @Autowired ElevenLabsSettings elevenlabs) {
    this.callbridge = callbridge;
    this.reporting = new Reporting(callbridge.settings(), elevenlabs);
  }

  @ParameterizedTest
  @CsvSource({
    "default, WEBHOOK",
    "reports-twice, WEBHOOK",
    "reports-early, WEBHOOK",
    "reports-never, FETCH",
    "reports-stranger, FETCH",
    "reports-forged, FETCH"
  })
  void everyConversationHasItsReportInTheEnd(String assistant, String source) {
    Call call = hold(assistant);
    UUID id = call.id();

    Callbridge.eventually(() -> status(id).equals("AVAILABLE"), "no report of " + assistant);

    JsonNode analysis = reporting.get("/api/v1/calls/" + id + "/analysis");
    assertThat(analysis.path("source").asString()).isEqualTo(source);
    assertThat(analysis.path("conversationId").asString()).isEqualTo(call.truth().conversationId());
    assertThat(analysis.path("successful").asString()).isEqualTo("success");
    assertThat(analysis.path("summary").asString()).contains("turns in the sandbox");
    assertThat(analysis.at("/collected/turns/value").asInt(0)).isPositive();
  }

  @Test
  void whatTheWebhooksWereAnsweredIsWhatKeepsThemComing() {
    assertThat(answers("reports-twice")).containsExactly("200", "200");
    assertThat(answers("reports-stranger")).containsExactly("200");
    assertThat(answers("reports-forged")).containsExactly("403");
  }

  @Test
  void costIsEstimatedUntilTheVendorsHaveSpoken() {
    Call call = hold("reports-never");
    String path = "/api/v1/calls/" + call.id();
    JsonNode before = reporting.get(path).path("cost");
    assertThat(before.at("/elevenlabs/status").asString()).isEqualTo("ESTIMATED");
    assertThat(before.at("/elevenlabs/basis").asString()).contains("seconds with the agent");
    assertThat(before.at("/twilio/amount").decimalValue()).isPositive();

    Callbridge.eventually(
        () -> {
          JsonNode cost = reporting.get(path).path("cost");
          return List.of(
                  cost.at("/twilio/status").asString(""),
                  cost.at("/elevenlabs/status").asString(""))
              .equals(List.of("FINAL", "FINAL"));
        },
        "cost stays estimated");

    JsonNode cost = reporting.get(path).path("cost");
    assertThat(cost.at("/twilio/amount").decimalValue()).isEqualByComparingTo("0.0140");
    assertThat(cost.at("/twilio/currency").asString()).isEqualTo("USD");
    assertThat(cost.at("/elevenlabs/credits").asInt(0)).isPositive();
    assertThat(cost.at("/elevenlabs/amount").decimalValue()).isPositive();
    assertThat(reporting.get("/api/v1/calls?limit=200").path("calls").valueStream())
        .filteredOn(listed -> listed.path("id").asString().equals(call.id().toString()))
        .singleElement()
        .satisfies(listed -> assertThat(listed.path("cost")).isEqualTo(cost));
  }

  private List<String> answers(String assistant) {
    AgentSession session = callbridge.session(hold(assistant));
    Callbridge.eventually(
        () -> session.first("webhook").isPresent(), "no webhook from " + assistant);
    if (assistant.equals("reports-twice")) {
      Callbridge.eventually(() -> webhooks(session).size() == 2, "no second webhook");
    }
    return webhooks(session);
  }

  private static List<String> webhooks(AgentSession session) {
    return session.timeline().stream()
        .filter(entry -> entry.kind().equals("webhook"))
        .map(AgentSession.Entry::detail)
        .toList();
  }

  private Call hold(String assistant) {
    SandboxCall line = callbridge.callIn(BOOKS, "assistant=" + assistant);
    callbridge.awaitEnd(line);
    return callbridge.awaitOutcome(line);
  }

  private String status(UUID id) {
    return reporting.get("/api/v1/calls/" + id + "/analysis").path("status").asString("");
  }
}
