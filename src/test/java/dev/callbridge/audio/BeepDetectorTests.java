package dev.callbridge.audio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.speech.Clip;
import dev.callbridge.sandbox.speech.SpeechClips;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class BeepDetectorTests {

  private final BeepDetector detector = new BeepDetector();

  @ParameterizedTest
  @CsvSource({
    "350, 160",
    "350, 1900",
    "440, 300",
    "500, 800",
    "620, 160",
    "850, 500",
    "1000, 160",
    "1000, 1900",
    "1400, 300",
    "2000, 160",
    "2000, 1900"
  })
  void aSteadyToneWithQuietBehindItIsABeepHoweverLoud(int hertz, int millis) {
    for (double amplitude : new double[] {700, 6_000, 20_000}) {
      assertThat(hears(tone(millis, amplitude, hertz))).as("%s", amplitude).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"1000, 60", "1000, 100", "1000, 2500", "200, 500", "2500, 500"})
  void aClickADialToneAndWhatIsTooLowOrTooHighAreNone(int hertz, int millis) {
    assertThat(hears(tone(millis, 6_000, hertz))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"697, 1209", "941, 1477", "350, 440", "440, 480", "480, 620"})
  void keysAndTheNetworksOwnTonesAreTwoAtATime(int one, int other) {
    assertThat(hears(tone(500, 5_000, one, other))).isFalse();
  }

  static Stream<Clip> speech() {
    return SpeechClips.load().all().stream().filter(clip -> !clip.text().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("speech")
  void nobodySpeaksInBeeps(Clip clip) {
    assertThat(hears(clip.ulaw())).isFalse();
  }

  @Test
  void theVoicemailsBeepIsFoundBehindItsGreeting() {
    SpeechClips clips = SpeechClips.load();

    assertThat(hears(clips.clip("voicemail").ulaw())).isFalse();
    assertThat(hears(clips.clip("beep").ulaw())).isTrue();
    assertThat(detector.sounds()).isGreaterThan(200);
  }

  @Test
  void aToneThatSpeechFollowsIsNone() {
    detector.hear(tone(300, 6_000, 1_000), 2_400);

    assertThat(hears(SpeechClips.load().clip("hello").ulaw())).isFalse();
  }

  @Test
  void noiseIsNeitherABeepNorASound() {
    Random random = new Random(1);
    short[] noise = new short[8_000];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (short) (random.nextGaussian() * 20);
    }

    assertThat(hears(MuLaw.encode(noise))).isFalse();
    assertThat(detector.sounds()).isZero();
  }

  /// Half a second of quiet comes behind it. Frames are cut as the network may cut them.
  private boolean hears(byte[] codes) {
    byte[] all = Arrays.copyOf(codes, codes.length + 4_000);
    Arrays.fill(all, codes.length, all.length, (byte) 0xFE);
    boolean beep = false;
    for (int from = 0; from < all.length; from += 173) {
      byte[] frame = Arrays.copyOfRange(all, from, Math.min(all.length, from + 173));
      beep |= detector.hear(frame, frame.length);
    }
    return beep;
  }

  private static byte[] tone(int millis, double amplitude, int... hertz) {
    Random random = new Random(1);
    short[] samples = new short[millis * 8];
    for (int i = 0; i < samples.length; i++) {
      double sample = random.nextGaussian() * amplitude * 0.02;
      for (int each : hertz) {
        sample += amplitude * Math.sin(2 * Math.PI * each * i / 8_000 + 0.3);
      }
      samples[i] = (short) sample;
    }
    return MuLaw.encode(samples);
  }
}
