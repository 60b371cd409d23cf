package dev.callbridge.announcements;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.Outcome;
import dev.callbridge.call.Turn;
import dev.callbridge.sandbox.speech.SpeechClips;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/// Whole calls in which something is announced, all held at the same time.
@CallbridgeTest
final class AnnouncementTests {

  private static final SpeechClips CLIPS = SpeechClips.load();
  private static final CallerScript ANSWERS = CallerScript.answers();
  private static final String TEXT = "Hello John. You are booked for two on Friday at seven.";

  @Autowired private Callbridge callbridge;

  @Test
  void whatIsAnnouncedIsHeardAndConfirmedOrNot() {
    int listened = callbridge.elevenlabs().stages().listened();
    SandboxCall plain = call(ANSWERS, "announcement-plain");
    SandboxCall early = call(ANSWERS.hears(Duration.ofMillis(500)).presses("1"), "announcement");
    SandboxCall left = call(ANSWERS.hears(Duration.ofMillis(900)).hangsUp(), "announcement");

    assertEnded(plain, Outcome.COMPLETED, EndedBy.AGENT, "announcement_heard");
    assertThat(CLIPS.heardIn(plain.heard()))
        .extracting(heard -> heard.clip().name())
        .containsExactly("booked");
    assertThat(announced(plain)).containsExactly("heard");

    assertConfirmed(early);

    assertEnded(left, Outcome.CALLER_ABANDONED, EndedBy.CALLER, "announcement_unheard");
    assertThat(agentTurns(left).getFirst().heard())
        .isNotEqualTo(TEXT)
        .satisfies(heard -> assertThat(TEXT).startsWith(heard));
    assertThat(announced(left)).isEmpty();
    assertThat(callbridge.elevenlabs().stages().listened())
        .as("nobody listens where no word is asked for")
        .isEqualTo(listened);
    assertGone(plain, early, left);
  }

  @Test
  @Tag("faults")
  void itIsConfirmedByKeyOrWordAndRepeated() {
    SandboxCall byKey = call(ANSWERS.listens().presses("1"), "announcement");
    SandboxCall byWord = call(ANSWERS.listens().says("friday-seven"), "announcement-word");
    SandboxCall repeated =
        call(ANSWERS.listens().presses("9").listens().presses("1"), "announcement");
    SandboxCall silent = call(ANSWERS, "announcement");

    assertConfirmed(byKey);
    assertConfirmed(byWord);

    assertEnded(repeated, Outcome.COMPLETED, EndedBy.AGENT, "announcement_confirmed");
    assertThat(agentTurns(repeated)).extracting(Turn::text).filteredOn(TEXT::equals).hasSize(2);

    assertEnded(silent, Outcome.COMPLETED, EndedBy.AGENT, "announcement_unconfirmed");
    assertThat(agentTurns(silent)).extracting(Turn::text).filteredOn(TEXT::equals).hasSize(2);
    assertThat(agentTurns(silent)).noneMatch(Turn::interrupted);
    assertGone(byKey, byWord, repeated, silent);
  }

  @Test
  @Tag("faults")
  void aVoiceThatDoesNotSpeakIsReplacedAndNoneIsALoss() {
    SandboxCall otherVoice = call(ANSWERS, "announcement-hoarse");
    SandboxCall mute = call(ANSWERS, "announcement-mute");

    assertEnded(otherVoice, Outcome.COMPLETED, EndedBy.AGENT, "announcement_heard");
    assertThat(events(otherVoice, Kind.FALLBACK))
        .singleElement()
        .satisfies(e ->
            assertThat(e.details())
                .containsEntry("used", "default_voice")
                .containsEntry("reason", "tts_http_503"));

    callbridge.awaitEnd(mute);
    Call call = callbridge.awaitOutcome(mute);
    assertThat(call.truth().outcome()).isEqualTo(Outcome.AGENT_LOST);
    assertThat(call.truth().reason()).isEqualTo("tts_http_503");
    assertGone(otherVoice, mute);
  }

  /// Other tests may have calls of theirs.
  private void assertGone(SandboxCall... lines) {
    List<String> sids = Arrays.stream(lines).map(SandboxCall::callSid).toList();
    Callbridge.eventually(
        () -> callbridge.live().connections().stream().noneMatch(it -> sids.contains(it.callSid())),
        "media sockets left");
  }

  private void assertConfirmed(SandboxCall line) {
    assertEnded(line, Outcome.COMPLETED, EndedBy.AGENT, "announcement_confirmed");
    assertThat(announced(line)).containsExactly("heard", "confirmed");
    assertThat(agentTurns(line).getFirst())
        .satisfies(turn -> {
          assertThat(turn.text()).isEqualTo(TEXT);
          assertThat(turn.heard()).isEqualTo(TEXT);
        });
    assertThat(agentTurns(line).getLast().text()).isEqualTo("Thank you. Goodbye.");
  }

  private SandboxCall call(CallerScript script, String assistant) {
    return callbridge.callIn(script, "name=John&assistant=" + assistant);
  }

  private void assertEnded(SandboxCall line, Outcome outcome, EndedBy by, String reason) {
    callbridge.awaitEnd(line);
    Call call = callbridge.awaitOutcome(line);
    assertThat(call.truth().reason()).isEqualTo(reason);
    assertThat(call.truth().outcome()).isEqualTo(outcome);
    assertThat(call.truth().endedBy()).isEqualTo(by);
    assertThat(line.verdicts()).isEmpty();
  }

  private List<String> announced(SandboxCall line) {
    return events(line, Kind.ANNOUNCED).stream()
        .map(e -> e.details().getOrDefault("announcement", ""))
        .toList();
  }

  private List<CallEvent> events(SandboxCall line, Kind kind) {
    return callbridge.events(callbridge.awaitOutcome(line).id()).stream()
        .filter(e -> e.kind() == kind)
        .toList();
  }

  private List<Turn> agentTurns(SandboxCall line) {
    return callbridge.transcript(callbridge.awaitOutcome(line).id()).stream()
        .filter(turn -> turn.role() == Turn.Role.AGENT)
        .toList();
  }
}
