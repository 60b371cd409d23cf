package dev.callbridge.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.callbridge.call.Call;
import dev.callbridge.call.Outcome;
import dev.callbridge.sandbox.elevenlabs.AgentSession;
import dev.callbridge.sandbox.speech.Mulaw;
import dev.callbridge.sandbox.speech.SpeechClips;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.io.ByteArrayOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.beans.factory.annotation.Autowired;

/// Agents that were set up for another audio format than the telephone's. Both sides still hear
/// speech: noise has another loudness, and one that does not follow the words.
@CallbridgeTest
@Isolated("its calls are in real time")
final class FormatTests {

  private static final SpeechClips CLIPS = SpeechClips.load();

  @Autowired private Callbridge callbridge;

  /// All at the same time, one call for each.
  @TestFactory
  Stream<DynamicTest> bothSidesHearSpeechWhateverTheAgentSpeaks() {
    return Stream.of("pcm_16000", "pcm_24000", "pcm-in", "pcm-out")
        .collect(Collectors.toMap(agent -> agent, this::callIn))
        .entrySet()
        .stream()
        .map(call -> DynamicTest.dynamicTest(call.getKey(), () -> heardSpeech(call.getValue())));
  }

  private SandboxCall callIn(String agent) {
    return callbridge.callIn(
        CallerScript.answers().listens().says("booking"), "assistant=" + agent);
  }

  private void heardSpeech(SandboxCall line) {
    callbridge.awaitEnd(line);
    Call call = callbridge.awaitOutcome(line);
    AgentSession session = callbridge.session(call);

    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(session.protocolErrors()).isEmpty();
    assertThat(session.transcript())
        .filteredOn(turn -> turn.role().equals("user"))
        .extracting(AgentSession.Turn::text)
        .containsExactly(CLIPS.clip("whole-booking").text());
    assertSounds(line.heard(), speech("greeting", "booked"));
    assertThat(line.verdicts()).isEmpty();
  }

  private static void assertSounds(byte[] heard, byte[] said) {
    assertThat(heard).hasSizeBetween(said.length - 400, said.length + 400);
    assertThat(Mulaw.rms(heard) / Mulaw.rms(said)).isEqualTo(1, within(0.2));
    assertThat(correlation(envelope(heard), envelope(said))).isGreaterThan(0.9);
  }

  /// How loud each 20 ms are.
  private static double[] envelope(byte[] ulaw) {
    double[] levels = new double[ulaw.length / Mulaw.FRAME_BYTES];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = Mulaw.rms(ulaw, i * Mulaw.FRAME_BYTES, Mulaw.FRAME_BYTES);
    }
    return levels;
  }

  private static double correlation(double[] a, double[] b) {
    int n = Math.min(a.length, b.length);
    double meanA = mean(a, n);
    double meanB = mean(b, n);
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < n; i++) {
      ab += (a[i] - meanA) * (b[i] - meanB);
      aa += (a[i] - meanA) * (a[i] - meanA);
      bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return ab / Math.sqrt(aa * bb);
  }

  private static double mean(double[] values, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += values[i];
    }
    return sum / n;
  }

  private static byte[] speech(String... clips) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (String clip : clips) {
      joined.writeBytes(CLIPS.clip(clip).ulaw());
    }
    return joined.toByteArray();
  }
}
