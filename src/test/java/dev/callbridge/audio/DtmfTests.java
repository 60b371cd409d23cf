package dev.callbridge.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DtmfTests {

  private static final int[] TONES = {697, 770, 852, 941, 1209, 1336, 1477, 1633};

  @ParameterizedTest
  @CsvSource({
    "1,697,1209",
    "5,770,1336",
    "9,852,1477",
    "0,941,1336",
    "*,941,1209",
    "#,941,1477",
    "D,941,1633"
  })
  void aKeyIsItsTwoTonesAndNoOther(String key, int low, int high) {
    short[] sound = MuLaw.decode(Arrays.copyOf(Dtmf.of("w" + key), 4_000 + 960));
    short[] tone = Arrays.copyOfRange(sound, 4_000, sound.length);

    assertThat(Arrays.copyOf(sound, 4_000)).containsOnly((short) 0);
    for (int each : TONES) {
      double strength = goertzel(tone, each);
      if (each == low || each == high) {
        assertThat(strength).as("%d Hz", each).isGreaterThan(6_000);
      } else {
        assertThat(strength).as("%d Hz", each).isLessThan(1_500);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"w,4000", "W,8000", "1w2W,15200"})
  void keysAndPausesHaveTheirLength(String keys, int samples) {
    assertThat(Dtmf.of(keys)).hasSize(samples);
  }

  /// The amplitude of one frequency.
  private static double goertzel(short[] sound, int frequency) {
    double re = 0;
    double im = 0;
    for (int i = 0; i < sound.length; i++) {
      double angle = 2 * Math.PI * frequency * i / 8_000;
      re += sound[i] * Math.cos(angle);
      im += sound[i] * Math.sin(angle);
    }
    return 2 * Math.hypot(re, im) / sound.length;
  }
}
