package dev.callbridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.sandbox.elevenlabs.AgentSession;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/// An agent that is lost in mid-call is missed within seconds, and the one that comes after knows
/// what was said.
@CallbridgeTest
final class ResumedCallTests {

  @Autowired private Callbridge callbridge;

  @Test
  void anAgentThatGoesQuietIsReplacedByOneThatKnows() {
    SandboxCall line =
        callbridge.callIn(CallerScript.answers().listens().says("booking"), "assistant=goes-quiet");
    Call again = resumed(line);
    AgentSession second = callbridge.session(again);
    Callbridge.eventually(
        () -> second.first("received contextual_update").isPresent(), "it was told nothing");
    line.hangUp();
    callbridge.awaitOutcome(line);

    CallEvent lost = first(again, Kind.MEDIA_ENDED);
    assertThat(lost.details())
        .containsEntry("ending", "AGENT_LOST")
        .containsEntry("reason", "dead_air");
    assertThat(second.first("received contextual_update").orElseThrow().detail())
        .contains("\nYou: Hello", "\nCaller: ");
    assertThat(line.spoken()).containsExactly("One moment, please.");
    assertThat(second.protocolErrors()).isEmpty();
    callbridge.assertNothingLeft();
    assertThat(said(line)).isBetween(lost.at(), lost.at().plusSeconds(3));
  }

  @Test
  @Tag("faults")
  void anAgentThatNeitherReadsNorWritesIsMissedWithinSeconds() {
    SandboxCall line = callbridge.callIn(CallerScript.answers(), "assistant=stalls");
    Call again = resumed(line);
    line.hangUp();
    callbridge.awaitOutcome(line);

    AgentSession first =
        callbridge
            .elevenlabs()
            .session(
                String.valueOf(first(again, Kind.AGENT_CONNECTED).details().get("conversationId")))
            .orElseThrow();
    Instant stalled = first.startedAt().plus(first.first("stalled").orElseThrow().at());
    assertThat(first(again, Kind.MEDIA_ENDED).details()).containsEntry("reason", "agent_silent");
    assertThat(Duration.between(stalled, said(line))).isLessThan(Duration.ofSeconds(13));
  }

  /// The call once it has its second conversation.
  private Call resumed(SandboxCall line) {
    Call first = callbridge.await(line, call -> call.truth().conversationId() != null);
    return callbridge.await(
        line,
        call ->
            call.truth().conversationId() != null
                && !call.truth().conversationId().equals(first.truth().conversationId()));
  }

  private CallEvent first(Call call, Kind kind) {
    return callbridge.events(call.id()).stream()
        .filter(event -> event.kind() == kind)
        .findFirst()
        .orElseThrow();
  }

  /// When the caller began to hear the first sentence.
  private static Instant said(SandboxCall line) {
    return line.timeline().stream()
        .filter(entry -> entry.kind().equals("say"))
        .findFirst()
        .map(line::at)
        .orElseThrow();
  }
}
