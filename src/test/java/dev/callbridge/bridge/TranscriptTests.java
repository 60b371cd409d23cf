package dev.callbridge.bridge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.agent.FromAgent;
import dev.callbridge.call.Turn;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TranscriptTests {

  /// The latest account of each turn, as the store would have it.
  private final Map<Integer, Turn> turns = new TreeMap<>();

  private final Transcript transcript =
      new Transcript(0, Clock.systemUTC(), turn -> turns.put(turn.position(), turn));

  @Test
  void turnsAreInOrderOfSpeaking() {
    transcript.agentSaid("Hello.");
    transcript.callerSaid("Hi.");
    transcript.agentSaid("Bye.");

    assertThat(turns.values()).extracting(Turn::text).containsExactly("Hello.", "Hi.", "Bye.");
    assertThat(turns.values())
        .extracting(Turn::role)
        .containsExactly(Turn.Role.AGENT, Turn.Role.CALLER, Turn.Role.AGENT);
  }

  @Test
  void aSecondSessionGoesOnWhereTheFirstEnded() {
    new Transcript(7, Clock.systemUTC(), turn -> turns.put(turn.position(), turn))
        .callerSaid("Still here.");

    assertThat(turns).containsOnlyKeys(7);
  }

  @Test
  void nothingIsHeardThatWasNotPlayed() {
    transcript.agentSaid("Hello.");
    transcript.speaking(audio(500, null));

    assertThat(turn(0).heard()).isEmpty();
  }

  @Test
  void allIsHeardOnceAllHasPlayed() {
    transcript.agentSaid("Hello there.");
    var first = transcript.speaking(audio(500, null));
    var second = transcript.speaking(audio(500, null));
    transcript.heard(first);
    transcript.heard(second);

    assertThat(turn(0).heard()).isEqualTo("Hello there.");
    assertThat(turn(0).interrupted()).isFalse();
  }

  @Test
  void theTextMayComeAfterTheFirstAudio() {
    var spoken = transcript.speaking(audio(500, null));
    transcript.agentSaid("Hello.");
    transcript.heard(spoken);

    assertThat(turns).hasSize(1);
    assertThat(turn(0).heard()).isEqualTo("Hello.");
  }

  @Test
  void theAlignmentSaysWhatWasHeardOfACutSentence() {
    transcript.agentSaid("One two three.");
    transcript.heard(transcript.speaking(audio(1_000, aligned("One ", 1_000))));
    transcript.partlyHeard(transcript.speaking(audio(1_000, aligned("two three.", 1_000))), 400);

    assertThat(turn(0).heard()).isEqualTo("One two");
    assertThat(turn(0).interrupted()).isTrue();
  }

  @Test
  void theAlignmentStandsInForATextThatNeverCame() {
    transcript.heard(transcript.speaking(audio(1_000, aligned("Hi 📞.", 1_000))));
    transcript.close();

    assertThat(turn(0).text()).isEqualTo("Hi 📞.");
    assertThat(turn(0).heard()).isEqualTo("Hi 📞.");
  }

  @Test
  void withoutAlignmentTheTimePlayedIsAShareOfTheWords() {
    transcript.agentSaid("aaaa bbbb cccc dddd");
    transcript.partlyHeard(transcript.speaking(audio(2_000, null)), 1_000);

    assertThat(turn(0).heard()).isEqualTo("aaaa bbbb");
  }

  @Test
  void nothingWasHeardOfWhatWasClearedBeforeItBegan() {
    transcript.agentSaid("aaaa bbbb");
    transcript.partlyHeard(transcript.speaking(audio(2_000, null)), 0);

    assertThat(turn(0).heard()).isEmpty();
    assertThat(turn(0).interrupted()).isTrue();
  }

  @Test
  void audioAfterAnInterruptionIsAnotherTurn() {
    transcript.agentSaid("First.");
    transcript.speaking(audio(500, null));
    transcript.interrupted();
    transcript.speaking(audio(500, null));
    transcript.agentSaid("Second.");

    assertThat(turns.values()).extracting(Turn::text).containsExactly("First.", "Second.");
    assertThat(turn(0).interrupted()).isTrue();
    assertThat(turn(1).interrupted()).isFalse();
  }

  @Test
  void theAgentsCorrectionIsKeptBesideWhatItSaid() {
    transcript.agentCorrected("nothing yet");
    transcript.agentSaid("One two three.");
    transcript.callerSaid("Stop.");
    transcript.agentCorrected("One two");

    assertThat(turn(0).text()).isEqualTo("One two three.");
    assertThat(turn(0).corrected()).isEqualTo("One two");
    assertThat(turn(1).corrected()).isNull();
  }

  private Turn turn(int position) {
    return java.util.Objects.requireNonNull(turns.get(position));
  }

  private static FromAgent.Audio audio(int millis, FromAgent.@Nullable Alignment alignment) {
    byte[] payload = Base64.getEncoder().encodeToString(new byte[millis * 8]).getBytes(ISO_8859_1);
    return new FromAgent.Audio(1, payload, alignment);
  }

  private static FromAgent.Alignment aligned(String text, int millis) {
    int count = text.codePointCount(0, text.length());
    int[] starts = IntStream.range(0, count).map(i -> i * millis / count).toArray();
    return new FromAgent.Alignment(text, starts);
  }
}
