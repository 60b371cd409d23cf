package dev.callbridge.bridge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.callbridge.audio.Dtmf;
import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallNotes;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.Outcome;
import dev.callbridge.sandbox.elevenlabs.AgentSession;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/// What an agent does in a call with the tools that it is given.
@CallbridgeTest
final class ToolScenarioTests {

  @Autowired private Callbridge callbridge;
  @Autowired private CallNotes notes;

  /// Calls take the time they take: these are held at the same time.
  @Test
  void theAgentTakesANoteAndHangsUpWhenItsGoodbyeHasBeenHeard() {
    SandboxCall noted =
        callbridge.callIn(CallerScript.answers().listens().says("booking"), "assistant=notes");
    SandboxCall without =
        callbridge.callIn(
            CallerScript.answers().listens().says("booking"),
            "sandbox_agent=notes&assistant=default");
    SandboxCall pressing =
        callbridge.callIn(
            CallerScript.answers().hears(Duration.ofMillis(200)).presses("4*2#").listens());

    callbridge.awaitEnd(noted);
    Call call = callbridge.awaitOutcome(noted);
    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.AGENT);
    assertThat(call.truth().reason()).isEqualTo("end_call");
    assertThat(noted.heard()).isNotEmpty().isEqualTo(callbridge.session(call).sentAudio());
    assertThat(notes.of(call.id()).collectList().block(Callbridge.SOON))
        .singleElement()
        .satisfies(note -> assertThat(note.text()).startsWith("The caller wants: "));
    Callbridge.eventually(() -> results(call).size() == 2, "two tools were not answered");
    assertThat(results(call))
        .extracting(event -> event.details().get("name"), event -> event.details().get("result"))
        .containsExactly(tuple("take_note", "done"), tuple("end_call", "done"));

    assertAgentKnowsWhatIsPressed(pressing);
    without.hangUp();
    callbridge.awaitEnd(without);
    Call refused = callbridge.awaitOutcome(without);
    assertThat(results(refused))
        .isNotEmpty()
        .allSatisfy(event -> assertThat(event.details()).containsEntry("result", "unknown"));
    assertThat(notes.of(refused.id()).collectList().block(Callbridge.SOON)).isEmpty();
  }

  /// As context, one key after the other, without a tool.
  private void assertAgentKnowsWhatIsPressed(SandboxCall line) {
    AgentSession agent =
        callbridge.session(
            callbridge.await(line, it -> it.truth().timings().firstAgentAudio() != null));
    Callbridge.eventually(() -> contexts(agent).size() == 4, "the agent was not told of 4 keys");
    assertThat(contexts(agent))
        .containsExactly(
            "The caller pressed 4",
            "The caller pressed *",
            "The caller pressed 2",
            "The caller pressed #");
    line.hangUp();
  }

  private static List<String> contexts(AgentSession agent) {
    return agent.timeline().stream()
        .filter(entry -> entry.kind().equals("received contextual_update"))
        .map(AgentSession.Entry::detail)
        .toList();
  }

  @Test
  @Tag("faults")
  void theAgentPressesKeysAndHandsTheCallerToAPerson() {
    SandboxCall joined =
        tool(
            "transfers",
            "transfer_to_person",
            "{\"target\":\"front-desk\",\"summary\":\"Bob & Co, <3 tables\"}");
    SandboxCall returned =
        tool("transfers", "transfer_to_person", "{\"target\":\"manager\",\"summary\":\"x\"}");
    SandboxCall pressed = tool("presses", "send_digits", "{\"digits\":\"12#\"}");

    assertHandedOver(joined);
    assertComesBack(returned);
    assertPressed(pressed);
  }

  /// Among the agent's voice, which goes on.
  private void assertPressed(SandboxCall line) {
    Call call = callbridge.await(line, it -> it.truth().timings().firstAgentAudio() != null);
    Callbridge.eventually(() -> !results(call).isEmpty(), "no keys were pressed");
    assertThat(results(call))
        .singleElement()
        .satisfies(event -> assertThat(event.details()).containsEntry("result", "done"));
    Callbridge.eventually(
        () -> latin1(line.heard()).contains(latin1(Dtmf.of("12#"))), "no keys were heard");
    assertThat(callbridge.session(call).hasEnded()).isFalse();
    line.hangUp();
    assertThat(callbridge.awaitOutcome(line).truth().outcome()).isEqualTo(Outcome.COMPLETED);
  }

  private SandboxCall tool(String assistant, String name, String arguments) {
    return callbridge.callIn(
        CallerScript.answers().listens().says("hello").listens().says("two-people"),
        "assistant=%s&sandbox_tool=%s&sandbox_tool_parameters=%s"
            .formatted(assistant, name, URLEncoder.encode(arguments, UTF_8)));
  }

  /// The person hears what it is about, the caller what the agent said, and both are stored.
  private void assertHandedOver(SandboxCall line) {
    callbridge.awaitEnd(line);
    Call call = callbridge.awaitOutcome(line);
    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.AGENT);
    assertThat(call.truth().reason()).isEqualTo("transferred");
    assertThat(line.heard()).isNotEmpty().isEqualTo(callbridge.session(call).sentAudio());
    assertThat(line.spoken()).containsExactly("I am connecting you to a person.");
    assertThat(line.timeline())
        .filteredOn(entry -> entry.kind().equals("whisper"))
        .extracting(SandboxCall.Entry::detail)
        .containsExactly("Bob & Co, <3 tables");
    assertThat(line.verdicts()).isEmpty();
    assertThat(callbridge.events(call.id()))
        .filteredOn(event -> event.kind() == Kind.TRANSFER_ENDED)
        .singleElement()
        .satisfies(event ->
            assertThat(event.details())
                .containsEntry("DialCallStatus", "completed")
                .containsKey("DialCallSid"));
  }

  private void assertComesBack(SandboxCall line) {
    Call ringing = callbridge.await(line, _ -> true);
    Callbridge.eventually(
        () ->
            callbridge.events(ringing.id()).stream()
                    .filter(event -> event.kind() == Kind.AGENT_CONNECTED)
                    .count()
                == 2,
        "the caller did not come back to the agent");
    line.hangUp();
    Call call = callbridge.awaitOutcome(line);
    assertThat(line.spoken())
        .containsExactly("I am connecting you to a person.", "One moment, please.");
    assertThat(callbridge.events(call.id()))
        .filteredOn(event -> event.kind() == Kind.MEDIA_ENDED)
        .extracting(event -> event.details().get("ending"))
        .containsExactly("TRANSFERRED", "CALLER_HUNG_UP");
    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.CALLER);
  }

  private static String latin1(byte[] sound) {
    return new String(sound, ISO_8859_1);
  }

  private List<CallEvent> results(Call call) {
    return callbridge.events(call.id()).stream()
        .filter(event -> event.kind() == Kind.TOOL_RESULT)
        .toList();
  }
}
