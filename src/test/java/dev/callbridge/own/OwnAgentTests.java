package dev.callbridge.own;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.Outcome;
import dev.callbridge.call.Turn;
import dev.callbridge.sandbox.speech.SpeechClips;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.time.Duration;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.beans.factory.annotation.Autowired;

/// Whole calls with agents of our own, over sockets to all three stages. Calls that do not need
/// each other are held at the same time.
@CallbridgeTest
@Isolated("its calls are in real time")
final class OwnAgentTests {

  private static final SpeechClips CLIPS = SpeechClips.load();
  private static final CallerScript BOOKS = CallerScript.answers().listens().says("booking");

  /// The line's clock moves in frames of 20 ms: one may be on its way when the `clear` comes.
  private static final Duration FRAME_UNDER_WAY = Duration.ofMillis(40);

  @Autowired private Callbridge callbridge;

  @Test
  void callsAreHeldInterruptedAndGoOn() {
    CallerScript begins = CallerScript.answers().listens().says("utterance-1");
    CallerScript interrupts = cutsIn(begins, "interruption");
    CallerScript murmurs = cutsIn(begins, "hello");
    SandboxCall interrupted = callbridge.callIn(interrupts, "assistant=own-talkative");
    SandboxCall murmured = callbridge.callIn(murmurs, "assistant=own-murmurs");
    SandboxCall limited =
        callbridge.callIn(
            begins.listens().says("utterance-2").listens().says("utterance-3"),
            "assistant=own-limits");

    // Speaks on before the first commit has come.
    SandboxCall late =
        callbridge.callIn(
            begins.staysSilentFor(Duration.ofSeconds(1)).says("booking"), "assistant=own-late");
    SandboxCall loud = callbridge.callIn(interrupts, "assistant=own-energy");
    SandboxCall coughed = callbridge.callIn(murmurs, "assistant=own-energy");
    SandboxCall single = callbridge.callIn(BOOKS, "assistant=own-single");
    SandboxCall dialogflow = callbridge.callIn(BOOKS, "assistant=own-dialogflow");

    assertThat(clipsIn(completed(dialogflow).heard()))
        .as("Dialogflow thinks as well")
        .containsExactly("greeting", "booked");

    assertThat(clipsIn(completed(limited).heard()))
        .as("a session of speech-to-text that ends is followed by another")
        .containsExactly("greeting", "ask-people", "ask-time", "booked");

    assertThat(callbridge.events(callbridge.awaitOutcome(limited).id()))
        .filteredOn(event -> event.kind() == CallEvent.Kind.FALLBACK)
        .isNotEmpty()
        .allSatisfy(event ->
            assertThat(event.details())
                .containsEntry("stage", "stt")
                .containsEntry("used", "new_session"));
    assertThat(turns(limited))
        .filteredOn(turn -> turn.role() == Turn.Role.AGENT)
        .satisfies(answers -> {
          assertThat(answers.getFirst().latency()).as("nobody waited for a greeting").isNull();
          assertThat(answers.subList(1, answers.size()))
              .hasSize(3)
              .allSatisfy(
                  answer -> assertThat(answer.latency()).isNotNull().hasNoNullFieldsOrProperties());
        });

    assertThat(clipsIn(completed(murmured).heard()))
        .as("who only murmurs does not stop it")
        .containsExactly("greeting", "long", "booked");
    assertThat(murmured.clears()).isEmpty();

    assertThat(clipsIn(completed(single).heard()))
        .as("a socket for each turn speaks as well")
        .containsExactly("greeting", "booked");
    assertThat(clipsIn(completed(coughed).heard()))
        .as("who is loud for a moment does not stop it")
        .containsExactly("greeting", "long", "booked");
    assertThat(coughed.clears()).isEmpty();
    wasCutShort(loud);
    wasCutShort(interrupted);
    wasAnsweredOnceItHadSpoken(late);

    callbridge.assertNothingLeft();
    assertThat(callbridge.elevenlabs().stages().protocolErrors()).isEmpty();
  }

  /// Nothing stale is heard behind the `clear`, and nobody is told that it was.
  private void wasCutShort(SandboxCall interrupted) {
    completed(interrupted);
    assertThat(interrupted.clears()).hasSize(1);
    byte[] after = interrupted.heardSince(interrupted.clears().getFirst().plus(FRAME_UNDER_WAY));
    assertThat(clipsIn(after)).containsExactly("go-ahead", "booked");
    assertThat(after)
        .hasSize(CLIPS.clip("go-ahead").ulaw().length + CLIPS.clip("booked").ulaw().length);
    Turn cut = turns(interrupted).stream().filter(Turn::interrupted).findFirst().orElseThrow();
    assertThat(cut.text()).isEqualTo(CLIPS.clip("long").text()).startsWith(cut.heard());
    assertThat(cut.heard()).isNotEmpty().hasSizeLessThan(cut.text().length());
    assertThat(modelWasTold(cut)).as("what was not heard is not in the history").isTrue();
  }

  /// Both things it said are in the books in their order. The answer to the first, which came when
  /// it was speaking again, was cut short, and nothing of it is heard behind the `clear`.
  private void wasAnsweredOnceItHadSpoken(SandboxCall late) {
    completed(late);
    assertThat(late.clears()).hasSize(1);
    assertThat(clipsIn(late.heardSince(late.clears().getFirst().plus(FRAME_UNDER_WAY))))
        .containsExactly("booked");
    assertThat(turns(late))
        .filteredOn(turn -> turn.role() == Turn.Role.CALLER)
        .extracting(Turn::text)
        .containsExactly(CLIPS.clip("book-table").text(), CLIPS.clip("whole-booking").text());
    assertThat(turns(late))
        .filteredOn(Turn::interrupted)
        .extracting(Turn::text)
        .containsExactly(CLIPS.clip("ask-people").text());
  }

  @Test
  @Tag("faults")
  void spellingsEmptyCommitsAndAModelThatRefusesMakeNoDifference() {
    SandboxCall repeated = callbridge.callIn(BOOKS, "assistant=own-empty");
    SandboxCall second = callbridge.callIn(BOOKS, "assistant=own-second");

    for (SandboxCall line : List.of(repeated, second)) {
      assertThat(clipsIn(completed(line).heard())).containsExactly("greeting", "booked");
    }
    assertThat(turns(repeated))
        .extracting(Turn::role, Turn::text, Turn::heard)
        .containsExactly(
            tuple(Turn.Role.AGENT, "greeting"),
            tuple(Turn.Role.CALLER, "whole-booking"),
            tuple(Turn.Role.AGENT, "booked"));
    callbridge.assertNothingLeft();
  }

  @Test
  @Tag("faults")
  void aLostStageIsNamedAndTheCallerHearsSo() {
    SandboxCall deaf = callbridge.callIn(BOOKS, "assistant=own-deaf");
    SandboxCall dumb = callbridge.callIn(BOOKS, "assistant=own-dumb");
    SandboxCall thoughtless =
        callbridge.callIn(BOOKS.listens().says("booking"), "assistant=own-thoughtless");

    assertLost(deaf, Outcome.AGENT_UNREACHABLE, "stt_quota_exceeded");
    assertLost(dumb, Outcome.AGENT_LOST, "tts_http_503");
    List<CallEvent> events = callbridge.events(callbridge.awaitOutcome(dumb).id());
    assertThat(events)
        .filteredOn(event -> event.kind() == CallEvent.Kind.FALLBACK)
        .extracting(event -> event.details().get("used"))
        .containsExactly("http", "cached_sentence");
    assertThat(events)
        .as("who has heard the apology is not told again")
        .filteredOn(event -> event.kind() == CallEvent.Kind.AFTER_STREAM)
        .singleElement()
        .satisfies(event -> assertThat(event.details()).containsEntry("decision", "APOLOGIZE"));
    assertLost(thoughtless, Outcome.AGENT_LOST, "model_error");
    callbridge.assertNothingLeft();
  }

  private static CallerScript cutsIn(CallerScript script, String clip) {
    return script.interruptsAfter(Duration.ofSeconds(1), clip).listens().says("booking");
  }

  private void assertLost(SandboxCall line, Outcome outcome, String reason) {
    callbridge.awaitEnd(line);
    Call call = callbridge.awaitOutcome(line);
    assertThat(call.truth().reason()).isEqualTo(reason);
    assertThat(call.truth().outcome()).isEqualTo(outcome);
  }

  private SandboxCall completed(SandboxCall line) {
    callbridge.awaitEnd(line);
    Call call = callbridge.awaitOutcome(line);
    assertThat(call.truth().reason()).isEqualTo("end_call");
    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.AGENT);
    assertThat(line.verdicts()).isEmpty();
    return line;
  }

  private List<Turn> turns(SandboxCall line) {
    return callbridge.transcript(callbridge.awaitOutcome(line).id());
  }

  private boolean modelWasTold(Turn cut) {
    return callbridge.elevenlabs().stages().requests().stream()
        .flatMap(request -> request.path("messages").valueStream())
        .filter(message -> message.path("role").asString("").equals("assistant"))
        .map(message -> message.path("content").asString(""))
        .filter(text -> text.startsWith("Before we begin"))
        .anyMatch(text -> text.length() < cut.text().length() && text.equals(cut.corrected()));
  }

  private static List<String> clipsIn(byte[] ulaw) {
    return CLIPS.heardIn(ulaw).stream().map(heard -> heard.clip().name()).toList();
  }

  private static Tuple tuple(Turn.Role role, String clip) {
    String text = CLIPS.clip(clip).text();
    return Tuple.tuple(role, text, text);
  }
}
