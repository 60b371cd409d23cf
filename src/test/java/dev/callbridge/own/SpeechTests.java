package dev.callbridge.own;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.agent.FromAgent.Alignment;
import dev.callbridge.assistants.OwnAgentSettings.SpeakBy;
import dev.callbridge.speech.ToSpeak;
import dev.callbridge.speech.Voice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What the next way of speaking is told, when one fails in the middle.
final class SpeechTests {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final Voice VOICE = Voice.of("default", "m");

  private final Speech speech =
      new Speech(SpeakBy.MULTI_CONTEXT, VOICE.as("chosen"), VOICE, Duration.ofSeconds(2), SECOND);
  private final List<Speech.Way> ways = new ArrayList<>();

  SpeechTests() {
    speech.ways().subscribe(ways::add);
    speech.opened();
  }

  @Test
  void waysAreTheChosenVoiceTheDefaultVoiceAndHttp() {
    assertThat(speech.failed(SECOND)).isEqualTo("default_voice");
    assertThat(speech.failed(SECOND)).isEqualTo("http");
    assertThat(speech.failed(SECOND)).isNull();

    assertThat(ways)
        .extracting(way -> way.voice().id())
        .containsExactly("chosen", "default", "default");
    assertThat(ways)
        .extracting(Speech.Way::by)
        .containsExactly(SpeakBy.MULTI_CONTEXT, SpeakBy.MULTI_CONTEXT, SpeakBy.HTTP);
    assertThat(speech.isCurrent(1)).isFalse();
    assertThat(speech.isCurrent(3)).isTrue();
  }

  @Test
  void aVoiceThatIsTheDefaultIsNotTriedTwice() {
    Speech plain = new Speech(SpeakBy.MULTI_CONTEXT, VOICE, VOICE, Duration.ofSeconds(2), 0);

    assertThat(plain.failed(0)).isEqualTo("http");
  }

  @Test
  void httpIsNotFollowedByItself() {
    Speech plain = new Speech(SpeakBy.HTTP, VOICE, VOICE, Duration.ofSeconds(2), 0);

    assertThat(plain.failed(0)).isNull();
  }

  @Test
  void whatWasNotSpokenIsSaidByTheNext() {
    begin("One.", "Two.", "Three.");
    speech.tell(new ToSpeak.Finish("t1"), SECOND);
    speech.sounded("t1", alignment("One. Tw"));

    speech.failed(SECOND);

    assertThat(told())
        .containsExactly(
            new ToSpeak.Begin("t1"),
            new ToSpeak.Say("t1", "Two."),
            new ToSpeak.Say("t1", "Three."),
            new ToSpeak.Finish("t1"));
  }

  @Test
  void whatNobodySaysTheTimesOfIsNotSaidTwice() {
    begin("One.", "Two.");
    speech.tell(new ToSpeak.Finish("t1"), SECOND);
    speech.sounded("t1", null);

    speech.failed(SECOND);

    assertThat(told()).containsExactly(new ToSpeak.Begin("t1"), new ToSpeak.Finish("t1"));
  }

  @Test
  void whatNobodyListensToIsForgotten() {
    begin("One.");
    speech.tell(new ToSpeak.Abandon("t1"), SECOND);

    speech.failed(SECOND);

    assertThat(told()).isEmpty();
  }

  @Test
  void aTextWithoutASoundIsLateAndSoIsASocketThatDoesNotOpen() {
    begin("One.");
    assertThat(speech.isLate(3 * SECOND)).isFalse();
    assertThat(speech.isLate(3 * SECOND + 1)).isTrue();
    speech.sounded("t1", null);
    assertThat(speech.isLate(60 * SECOND)).isFalse();

    speech.failed(10 * SECOND);
    assertThat(speech.isLate(12 * SECOND)).isFalse();
    assertThat(speech.isLate(12 * SECOND + 1)).isTrue();
  }

  private void begin(String... sentences) {
    speech.tell(new ToSpeak.Begin("t1"), SECOND);
    for (String sentence : sentences) {
      speech.tell(new ToSpeak.Say("t1", sentence), SECOND);
    }
  }

  private List<ToSpeak> told() {
    List<ToSpeak> told = new ArrayList<>();
    ways.getLast().commands().subscribe(told::add);
    return told;
  }

  private static Alignment alignment(String text) {
    return new Alignment(text, IntStream.range(0, text.length()).map(i -> 60 * i).toArray());
  }
}
