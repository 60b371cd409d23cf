package dev.callbridge.bridge;

import static dev.callbridge.testing.Callbridge.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.Outcome;
import dev.callbridge.call.Turn;
import dev.callbridge.sandbox.elevenlabs.AgentSession;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

@CallbridgeTest
final class EndingTests {

  private static final Duration A_SECOND = Duration.ofSeconds(1);

  @Autowired private Callbridge callbridge;

  @AfterEach
  void nothingIsLeft() {
    callbridge.assertNothingLeft();
  }

  @Test
  void agentThatClosesWithoutAGoodbyeIsHeardToItsEnd() {
    SandboxCall line = callbridge.callIn(CallerScript.answers(), "assistant=closes-1000");

    callbridge.awaitEnd(line);
    Call call = callbridge.awaitOutcome(line);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.AGENT);
    assertThat(call.truth().reason()).isEqualTo("agent_closed");
    assertThat(line.heard()).isNotEmpty().isEqualTo(callbridge.session(call).sentAudio());
    assertThat(line.spoken()).isEmpty();
    assertThat(line.verdicts()).isEmpty();
  }

  @Test
  void callerHangingUpInTheMiddleOfAWordEndsTheConversationWithinASecond() {
    SandboxCall line = callbridge.callIn(CallerScript.answers().hears(Duration.ofMillis(500)));
    eventually(() -> line.heard().length > 4_000, "the agent was not heard");
    AgentSession session = callbridge.session(callbridge.await(line, EndingTests::isConnected));

    line.hangUp();
    session.ended().block(A_SECOND);
    Call call = callbridge.awaitOutcome(line);

    assertThat(session.closeCode()).hasValue(1000);
    assertThat(session.closedByClient()).isTrue();
    assertThat(session.protocolErrors()).isEmpty();
    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.CALLER);
    Turn greeting = callbridge.transcript(call.id()).getFirst();
    assertThat(greeting.text()).startsWith(greeting.heard());
    assertThat(greeting.heard()).isNotEmpty().isNotEqualTo(greeting.text());
  }

  /// The agent's audio is still coming in when its socket is closed.
  @Test
  void everyAgentThatIsHungUpOnInTheMiddleOfAWordIsToldSo() {
    CallerScript leaves = CallerScript.answers().hears(Duration.ofMillis(400)).hangsUp();
    List<SandboxCall> lines = Stream.generate(() -> callbridge.callIn(leaves)).limit(40).toList();

    assertThat(lines)
        .map(callbridge::awaitEnd)
        .map(callbridge::awaitOutcome)
        .filteredOn(call -> call.truth().endedBy() == EndedBy.CALLER)
        .hasSizeGreaterThan(20)
        .map(callbridge::session)
        .allSatisfy(session -> {
          session.ended().block(Callbridge.SOON);
          assertThat(session.closedByClient()).isTrue();
          assertThat(session.closeCode()).hasValue(1000);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"hangs", "busy", "no-upgrade", "silent"})
  void callerHangingUpWhileTheAgentConnectsLeavesNothingOfTheAgent(String assistant) {
    SandboxCall line = callbridge.callIn(CallerScript.answers(), "assistant=" + assistant);
    Call ringing = callbridge.await(line, _ -> true);
    eventually(() -> isConnecting(ringing), "the agent was not rung");

    line.hangUp();
    callbridge.awaitEnd(line);
    Call call = callbridge.awaitOutcome(line);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.CALLER_ABANDONED);
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.CALLER);
    assertThat(call.truth().conversationId()).isNull();
    assertThat(line.spoken()).isEmpty();
  }

  @Test
  void lineThatBreaksIsMendedByASecondStream() {
    SandboxCall line =
        callbridge.callIn(CallerScript.answers().hears(Duration.ofMillis(500)).dropsConnection());
    AgentSession first = callbridge.session(callbridge.await(line, EndingTests::isConnected));

    first.ended().block(Callbridge.SOON);
    Call again =
        callbridge.await(
            line,
            call ->
                isConnected(call) && !first.conversationId().equals(call.truth().conversationId()));
    line.hangUp();
    Call call = callbridge.awaitOutcome(line);

    assertThat(first.closedByClient()).isTrue();
    assertThat(line.spoken()).containsExactly("One moment, please.");
    assertThat(callbridge.events(again.id()))
        .filteredOn(event -> event.kind() == Kind.MEDIA_ENDED)
        .extracting(event -> event.details().get("ending"))
        .containsExactly("LINE_LOST", "CALLER_HUNG_UP");
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.CALLER);
  }

  private boolean isConnecting(Call call) {
    return callbridge.events(call.id()).stream()
        .anyMatch(event -> event.kind() == Kind.AGENT_CONNECTING);
  }

  private static boolean isConnected(Call call) {
    return call.truth().conversationId() != null;
  }
}
