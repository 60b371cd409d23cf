package dev.callbridge.bridge;

import static dev.callbridge.testing.Callbridge.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.Outcome;
import dev.callbridge.sandbox.elevenlabs.AgentSession;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@CallbridgeTest
final class HostileAgentTests {

  @Autowired private Callbridge callbridge;

  @Tag("faults")
  @Test
  void messagesThatMakeNoSenseChangeNothingForTheCaller() {
    List<SandboxCall> lines =
        Stream.of("malformed", "unknown-events")
            .map(agent ->
                callbridge.callIn(
                    CallerScript.answers().listens().says("booking"), "assistant=" + agent))
            .toList();

    assertThat(lines)
        .allSatisfy(line -> {
          callbridge.awaitEnd(line);
          Call call = callbridge.awaitOutcome(line);
          assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
          assertThat(line.heard()).isEqualTo(callbridge.session(call).sentAudio());
          assertThat(line.verdicts()).isEmpty();
        });
    callbridge.assertNothingLeft();
  }

  @Test
  void oversizedMessageLosesTheAgentAndNotTheCaller() {
    SandboxCall line = callbridge.callIn(CallerScript.answers(), "assistant=oversized");

    callbridge.awaitEnd(line);
    Call call = callbridge.awaitOutcome(line);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.AGENT_LOST);
    assertThat(call.truth().reason()).isEqualTo("oversized_message");
    assertThat(line.spoken()).last().asString().startsWith("I am sorry");
    callbridge.assertNothingLeft();
  }

  @Test
  void minuteOfSpeechAtOnceStillEndsWithTheCaller() {
    SandboxCall line =
        callbridge.callIn(
            CallerScript.answers().hears(Duration.ofSeconds(1)).hangsUp(), "assistant=flood");

    callbridge.awaitEnd(line);
    Call call = callbridge.awaitOutcome(line);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.CALLER);
    byte[] sent = callbridge.session(call).sentAudio();
    assertThat(line.heard()).isNotEmpty().isEqualTo(Arrays.copyOf(sent, line.heard().length));
    callbridge.assertNothingLeft();
  }

  /// The caller goes on talking to a socket that takes nothing and says nothing.
  @Tag("faults")
  @Test
  void agentThatStallsIsGivenUpOn() {
    SandboxCall line = callbridge.callIn(CallerScript.answers(), "assistant=stalls");
    Call ringing = callbridge.await(line, call -> call.truth().conversationId() != null);
    AgentSession first = callbridge.session(ringing);

    Call lost =
        callbridge.await(
            ringing.id(),
            call ->
                call.truth().conversationId() != null
                    && !first.conversationId().equals(call.truth().conversationId()));
    line.hangUp();
    callbridge.awaitOutcome(line);

    assertThat(callbridge.events(lost.id()))
        .filteredOn(event -> event.kind() == Kind.MEDIA_ENDED)
        .first()
        .satisfies(event ->
            assertThat(event.details())
                .containsEntry("ending", "AGENT_LOST")
                .containsEntry("reason", "agent_silent"));
    eventually(() -> callbridge.live().connections().isEmpty(), "media sockets left");
  }
}
