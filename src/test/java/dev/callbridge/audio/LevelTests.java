package dev.callbridge.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LevelTests {

  @ParameterizedTest
  @CsvSource({"32124, 99, 100", "3212, 61, 65", "321, 24, 28", "32, 0, 0"})
  void tenTimesQuieterIsTwentyDecibelsLess(int loudness, int least, int most) {
    byte[] text = sine(loudness, 160);

    assertThat(Level.of(text, 0, text.length)).isBetween(least, most);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 159, 160, 161, 2_000})
  void whatIsSilentOrShortIsSilent(int samples) {
    byte[] silence = new byte[samples];
    Arrays.fill(silence, MuLaw.SILENCE);
    byte[] text = Base64.getEncoder().encode(silence);

    assertThat(Level.of(text, 0, text.length)).isZero();
  }

  @Test
  void aStretchIsJudgedByItself() {
    byte[] loud = sine(20_000, 300);
    byte[] both = new byte[800];
    Arrays.fill(both, (byte) '/');
    System.arraycopy(loud, 0, both, 400, 400);

    assertThat(Level.of(both, 0, 400)).isZero();
    assertThat(Level.of(both, 400, 800)).isGreaterThan(80);
  }

  private static byte[] sine(int loudness, int samples) {
    short[] sine = new short[samples];
    for (int i = 0; i < samples; i++) {
      sine[i] = (short) (loudness * Math.sin(2 * Math.PI * 440 * i / 8_000));
    }
    return Base64.getEncoder().encode(MuLaw.encode(sine));
  }
}
