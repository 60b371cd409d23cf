package dev.callbridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.Outcome;
import dev.callbridge.sandbox.elevenlabs.AgentSession;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/// Every way to have no agent ends in words for the caller and in an outcome that is not success.
/// Several are rung at once, because some take their time to be given up on.
@CallbridgeTest
@Isolated("its calls are in real time")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AgentLossTests {

  private static final String[] SLOW = {
    "hangs", "no-upgrade", "silent", "mute", "dies", "closes-1002"
  };

  private final Map<String, SandboxCall> lines = new LinkedHashMap<>();

  @Autowired private Callbridge callbridge;

  @BeforeAll
  void thoseThatTakeTheirTimeAreRungFirst() {
    for (String agent : SLOW) {
      line(agent);
    }
  }

  @AfterAll
  void nothingIsLeft() {
    callbridge.assertNothingLeft();
    assertThat(callbridge.elevenlabs().sessions())
        .allSatisfy(session -> assertThat(session.protocolErrors()).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "refuses, signed_url_401_invalid_api_key",
    "quota, signed_url_401_quota_exceeded",
    "busy, signed_url_429_system_busy",
    "broken, signed_url_500",
    "closes-early, refused_1011",
    "hangs, signed_url_timeout",
    "garbage, signed_url_unreadable",
    "foreign-url, signed_url_elsewhere",
    "rejects-upgrade, upgrade_403",
    "redirects, upgrade_302",
    "no-upgrade, upgrade_timeout",
    "silent, metadata_timeout",
    "override-error, override_error",
    "missing-variable, missing_dynamic_variable",
  })
  void agentThatCannotBeReachedIsNoConversation(String agent, String reason) {
    Call call = settled(agent);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.AGENT_UNREACHABLE);
    assertThat(call.truth().reason()).isEqualTo(reason);
    assertThat(call.truth().conversationId()).isNull();
    assertApology(agent);
  }

  @ParameterizedTest
  @CsvSource({
    "dies-at-once, closed_1006|connection_lost",
    "dies, closed_1006|connection_lost",
    "closes-1002, llm_timeout",
    "closes-1008, value_error",
    "closes-1011, closed_1011",
    "garbled, malformed",
    "mute, no_audio",
  })
  void agentThatIsLostIsNotSuccess(String agent, String reason) {
    Call call = settled(agent);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.AGENT_LOST);
    assertThat(call.truth().reason()).matches(reason);
    assertThat(callbridge.elevenlabs().sessions())
        .extracting(AgentSession::conversationId)
        .contains(Objects.requireNonNull(call.truth().conversationId()));
    assertApology(agent);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dies-at-once", "dies", "closes-1002", "closes-1008", "closes-1011"})
  void callerWhoLosesTheAgentHearsAWordWithinThreeSeconds(String agent) {
    Call call = settled(agent);
    String first =
        callbridge.events(call.id()).stream()
            .filter(event -> event.kind() == Kind.AGENT_CONNECTED)
            .map(event -> event.details().get("conversationId"))
            .findFirst()
            .orElseThrow();
    AgentSession session = callbridge.elevenlabs().session(first).orElseThrow();
    Instant lost = session.startedAt().plus(session.first("closed").orElseThrow().at());

    Instant said =
        line(agent).timeline().stream()
            .filter(entry -> entry.kind().equals("say"))
            .findFirst()
            .map(line(agent)::at)
            .orElseThrow();

    assertThat(Duration.between(lost, said)).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void callsAfterARefusedKeyHearSoAtOnce() {
    settled("refuses");

    SandboxCall line = callbridge.callIn(CallerScript.answers(), "assistant=refuses");
    callbridge.awaitEnd(line);
    Call call = callbridge.awaitOutcome(line);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.AGENT_UNREACHABLE);
    assertThat(call.truth().reason()).isEqualTo("circuit_open_invalid_api_key");
    assertThat(line.spoken()).singleElement().asString().startsWith("I am sorry");
  }

  private Call settled(String agent) {
    SandboxCall line = line(agent);
    callbridge.awaitEnd(line);
    return callbridge.awaitOutcome(line);
  }

  private void assertApology(String agent) {
    assertThat(line(agent).spoken()).last().asString().startsWith("I am sorry");
    assertThat(line(agent).finalStatus()).isEqualTo("completed");
  }

  private SandboxCall line(String agent) {
    return lines.computeIfAbsent(
        agent, _ -> callbridge.callIn(CallerScript.answers(), "assistant=" + agent));
  }
}
