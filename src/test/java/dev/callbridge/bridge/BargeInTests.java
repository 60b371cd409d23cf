package dev.callbridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.callbridge.call.Call;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.Outcome;
import dev.callbridge.call.Turn;
import dev.callbridge.sandbox.speech.Clip;
import dev.callbridge.sandbox.speech.SpeechClips;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.beans.factory.annotation.Autowired;

/// The sandbox's agent sends two more events of the turn that was cut short, after the interruption
/// and under older ids: whoever plays one fails here.
@CallbridgeTest
@Isolated("its calls are in real time")
final class BargeInTests {

  private static final SpeechClips CLIPS = SpeechClips.load();

  /// The line's clock moves in frames of 20 ms: one may be on its way when the `clear` comes.
  private static final Duration FRAME_UNDER_WAY = Duration.ofMillis(40);

  @Autowired private Callbridge callbridge;

  @Test
  void nothingOfAnInterruptedTurnIsPlayedOnceItWasCleared() {
    SandboxCall line =
        callbridge.callIn(
            CallerScript.answers()
                .listens()
                .says("utterance-1")
                .interruptsAfter(Duration.ofSeconds(1), "interruption")
                .listens()
                .says("booking"),
            "assistant=talkative");

    callbridge.awaitEnd(line);
    Call call = callbridge.awaitOutcome(line);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.AGENT);
    assertThat(clipsIn(afterClear(line))).containsExactly("go-ahead", "booked");
    assertThat(afterClear(line)).isEqualTo(speech("go-ahead", "booked"));
    assertThat(line.verdicts()).isEmpty();
    assertInterrupted(line, call, CLIPS.clip("long"), speech("greeting").length);
    callbridge.assertNothingLeft();
  }

  @Test
  void callerMayCutTheGreetingShort() {
    SandboxCall line =
        callbridge.callIn(
            CallerScript.answers().interruptsAfter(Duration.ofMillis(700), "booking"));

    callbridge.awaitEnd(line);
    Call call = callbridge.awaitOutcome(line);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(afterClear(line)).isEqualTo(speech("booked"));
    assertInterrupted(line, call, CLIPS.clip("greeting"), 0);
    callbridge.assertNothingLeft();
  }

  /// The stored turn says what was heard of it, by our own count and by the agent's.
  private void assertInterrupted(SandboxCall line, Call call, Clip cut, int bytesBefore) {
    List<Turn> interrupted =
        callbridge.transcript(call.id()).stream().filter(Turn::interrupted).toList();
    assertThat(interrupted).hasSize(1);
    Turn turn = interrupted.getFirst();
    double played = line.heard().length - afterClear(line).length - (double) bytesBefore;
    assertThat(turn.role()).isEqualTo(Turn.Role.AGENT);
    assertThat(turn.text()).isEqualTo(cut.text()).startsWith(turn.heard());
    assertThat(turn.heard()).isNotEmpty().hasSizeLessThan(turn.text().length());
    assertThat(turn.heard().length() / (double) turn.text().length())
        .isEqualTo(played / cut.ulaw().length, within(0.15));
    assertThat(turn.corrected()).isNotNull();
  }

  private static byte[] afterClear(SandboxCall line) {
    assertThat(line.clears()).isNotEmpty();
    return line.heardSince(line.clears().getFirst().plus(FRAME_UNDER_WAY));
  }

  private static List<String> clipsIn(byte[] ulaw) {
    return CLIPS.heardIn(ulaw).stream().map(heard -> heard.clip().name()).toList();
  }

  private static byte[] speech(String... clips) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (String clip : clips) {
      joined.writeBytes(CLIPS.clip(clip).ulaw());
    }
    return joined.toByteArray();
  }
}
