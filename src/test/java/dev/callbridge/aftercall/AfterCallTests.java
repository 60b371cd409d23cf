package dev.callbridge.aftercall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.elevenlabs.ElevenLabsSettings;
import dev.callbridge.sandbox.elevenlabs.AgentSession;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/// Whole calls, and what is known of them afterwards.
@CallbridgeTest
final class AfterCallTests {

  /// Long enough for the agent that reports after two seconds.
  private static final CallerScript LISTENS =
      CallerScript.answers().hears(Duration.ofSeconds(4)).hangsUp();

  private final Callbridge callbridge;
  private final Reporting reporting;

  AfterCallTests(@Autowired Callbridge callbridge, @Autowired ElevenLabsSettings elevenlabs) {
    this.callbridge = callbridge;
    this.reporting = new Reporting(callbridge.settings(), elevenlabs);
  }

  @Tag("faults")
  @Test
  void everyConversationHasItsReportInTheEnd() {
    Map<String, String> sources =
        Map.of(
            "default", "WEBHOOK",
            "reports-twice", "WEBHOOK",
            "reports-early", "WEBHOOK",
            "reports-never", "FETCH",
            "reports-stranger", "FETCH",
            "reports-forged", "FETCH");

    hold(sources.keySet())
        .forEach((assistant, call) -> {
          String path = "/api/v1/calls/" + call.id() + "/analysis";
          Callbridge.eventually(
              () -> reporting.get(path).path("status").asString("").equals("AVAILABLE"),
              "no report of " + assistant);
          JsonNode analysis = reporting.get(path);
          assertThat(analysis.path("source").asString())
              .as(assistant)
              .isEqualTo(sources.get(assistant));
          assertThat(analysis.path("conversationId").asString())
              .isEqualTo(call.truth().conversationId());
          assertThat(analysis.path("successful").asString()).isEqualTo("success");
          assertThat(analysis.path("summary").asString()).contains("turns in the sandbox");
          assertThat(analysis.at("/collected/turns/value").asInt(0)).isPositive();
        });
  }

  @Tag("faults")
  @Test
  void whatTheWebhooksAreAnsweredIsWhatKeepsThemComing() {
    Map<String, List<String>> answers =
        Map.of(
            "reports-twice", List.of("200", "200"),
            "reports-stranger", List.of("200"),
            "reports-forged", List.of("403"));

    hold(answers.keySet())
        .forEach((assistant, call) ->
            Callbridge.eventually(
                () -> webhooks(callbridge.session(call)).equals(answers.get(assistant)),
                "other answers to " + assistant));
  }

  @Test
  void costIsEstimatedUntilTheVendorsHaveSpoken() {
    Call call = Objects.requireNonNull(hold(Set.of("reports-never")).get("reports-never"));
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

  private static List<String> webhooks(AgentSession session) {
    return session.timeline().stream()
        .filter(entry -> entry.kind().equals("webhook"))
        .map(AgentSession.Entry::detail)
        .toList();
  }

  /// All at the same time, one call for each.
  private Map<String, Call> hold(Set<String> assistants) {
    Map<String, SandboxCall> lines = new TreeMap<>();
    for (String assistant : assistants) {
      lines.put(assistant, callbridge.callIn(LISTENS, "assistant=" + assistant));
    }
    Map<String, Call> calls = new TreeMap<>();
    lines.forEach((assistant, line) -> {
      callbridge.awaitEnd(line);
      calls.put(assistant, callbridge.awaitOutcome(line));
    });
    return calls;
  }
}
