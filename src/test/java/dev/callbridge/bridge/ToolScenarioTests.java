package dev.callbridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallNotes;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.Outcome;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/// What an agent does in a call with the tools that it is given.
@CallbridgeTest
final class ToolScenarioTests {

  @Autowired private Callbridge callbridge;
  @Autowired private CallNotes notes;

  @Test
  void theAgentTakesANoteAndHangsUpWhenItsGoodbyeHasBeenHeard() {
    SandboxCall noted =
        callbridge.callIn(CallerScript.answers().listens().says("booking"), "assistant=notes");
    SandboxCall without =
        callbridge.callIn(
            CallerScript.answers().listens().says("booking"),
            "sandbox_agent=notes&assistant=default");

    callbridge.awaitEnd(noted);
    Call call = callbridge.awaitOutcome(noted);
    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.AGENT);
    assertThat(call.truth().reason()).isEqualTo("end_call");
    assertThat(noted.heard()).isNotEmpty().isEqualTo(callbridge.session(call).sentAudio());
    assertThat(noted.verdicts()).isEmpty();
    assertThat(notes.of(call.id()).collectList().block(Callbridge.SOON))
        .singleElement()
        .satisfies(note -> assertThat(note.text()).startsWith("The caller wants: "));
    assertThat(results(call))
        .extracting(event -> event.details().get("name"), event -> event.details().get("result"))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("take_note", "done"),
            org.assertj.core.groups.Tuple.tuple("end_call", "done"));

    without.hangUp();
    callbridge.awaitEnd(without);
    Call refused = callbridge.awaitOutcome(without);
    assertThat(results(refused))
        .isNotEmpty()
        .allSatisfy(event -> assertThat(event.details()).containsEntry("result", "unknown"));
    assertThat(notes.of(refused.id()).collectList().block(Callbridge.SOON)).isEmpty();
  }

  private List<CallEvent> results(Call call) {
    return callbridge.events(call.id()).stream()
        .filter(event -> event.kind() == Kind.TOOL_RESULT)
        .toList();
  }
}
