package dev.callbridge.own;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.sandbox.speech.Mulaw;
import dev.callbridge.sandbox.speech.SpeechClips;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whether somebody speaks, told by the sound of the line alone.
final class LoudCallerTests {

  private static final Duration LIMIT = Duration.ofMillis(700);
  private static final int NEVER = -1;
  private static final SpeechClips CLIPS = SpeechClips.load();

  @ParameterizedTest
  @ValueSource(strings = {"book-table", "friday-seven", "whole-booking", "two-people"})
  void speechIsHeardOnceItHasGoneOnForSoLong(String clip) {
    int at = heardAt(CLIPS.clip(clip).ulaw());
    assertThat(at).isBetween((int) LIMIT.toMillis(), 1_800);
  }

  @Test
  void aShortWordIsNotEnough() {
    assertThat(heardAt(CLIPS.clip("hello").ulaw())).isEqualTo(NEVER);
  }

  /// A burst of noise that dies away in a third of a second.
  @Test
  void aCoughIsOverTooSoon() {
    Random random = new Random(1);
    byte[] cough = sound(350, i -> random.nextGaussian() * 9_000 * Math.exp(-i / 1_200.0));
    assertThat(heardAt(cough)).isEqualTo(NEVER);
    assertThat(heardAt(both(cough, silence(400), cough, silence(400), cough))).isEqualTo(NEVER);
  }

  /// Two short hums.
  @Test
  void mmHmIsMostlyABreak() {
    byte[] hum = sound(180, i -> 5_000 * Math.sin(i * 0.1) * Math.sin(Math.PI * i / 1_440));
    assertThat(heardAt(both(hum, silence(90), hum))).isEqualTo(NEVER);
    assertThat(heardAt(both(hum, silence(90), hum, silence(300), hum, silence(90), hum)))
        .isEqualTo(NEVER);
  }

  /// As a line makes it by itself, quiet or loud, from the beginning or all at once.
  @ParameterizedTest
  @ValueSource(ints = {60, 300, 1_000, 4_000, 12_000})
  void noiseThatGoesOnEvenlyIsNobody(int deviation) {
    Random random = new Random(deviation);
    byte[] noise = sound(20_000, _ -> random.nextGaussian() * deviation);
    assertThat(heardAt(noise)).isEqualTo(NEVER);
    assertThat(heardAt(both(silence(2_000), noise))).isEqualTo(NEVER);
  }

  @Test
  void aHumIsNobody() {
    assertThat(heardAt(sound(10_000, i -> 6_000 * Math.sin(i * 2 * Math.PI * 50 / 8_000))))
        .isEqualTo(NEVER);
  }

  @Test
  void speechIsHeardAboveTheNoiseOfTheLine() {
    Random random = new Random(7);
    byte[] line = sound(3_000, _ -> random.nextGaussian() * 200);
    byte[] speech = CLIPS.clip("whole-booking").ulaw();
    byte[] noisy =
        ulaw(speech.length, i -> Mulaw.toLinear(speech[i]) + (int) (random.nextGaussian() * 200));
    int at = heardAt(both(line, noisy));
    assertThat(at).isBetween(3_000 + (int) LIMIT.toMillis(), 5_500);
  }

  @Test
  void itIsToldOnceForAllThatIsSaidWithoutABreak() {
    Loudness loudness = new Loudness(new LoudCaller(LIMIT));
    byte[] speech = CLIPS.clip("whole-booking").ulaw();
    assertThat(times(loudness, speech)).isEqualTo(1);
    assertThat(times(loudness, both(silence(1_000), speech))).isEqualTo(1);
  }

  private static int times(Loudness loudness, byte[] ulaw) {
    int times = 0;
    for (int at = 0; at + 160 <= ulaw.length; at += 160) {
      times += loudness.frame(frame(ulaw, at), at) ? 1 : 0;
    }
    return times;
  }

  /// @return milliseconds from the beginning, or [#NEVER]
  private static int heardAt(byte[] ulaw) {
    Loudness loudness = new Loudness(new LoudCaller(LIMIT));
    for (int at = 0; at + 160 <= ulaw.length; at += 160) {
      if (loudness.frame(frame(ulaw, at), at)) {
        return at / 8 + 20;
      }
    }
    return NEVER;
  }

  private static byte[] frame(byte[] ulaw, int at) {
    return Base64.getEncoder()
        .encodeToString(Arrays.copyOfRange(ulaw, at, at + 160))
        .getBytes(ISO_8859_1);
  }

  private static byte[] silence(int millis) {
    return sound(millis, _ -> 0);
  }

  private static byte[] sound(int millis, DoubleUnaryOperator sample) {
    return ulaw(8 * millis, i -> (int) sample.applyAsDouble(i));
  }

  private static byte[] ulaw(int samples, IntUnaryOperator sample) {
    byte[] ulaw = new byte[samples];
    for (int i = 0; i < samples; i++) {
      ulaw[i] = Mulaw.fromLinear(Math.clamp(sample.applyAsInt(i), -32_000, 32_000));
    }
    return ulaw;
  }

  private static byte[] both(byte[]... sounds) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] sound : sounds) {
      all.writeBytes(sound);
    }
    return all.toByteArray();
  }
}
