package dev.callbridge.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResamplerTests {

  private static final int LINE = 8_000;
  private static final int DECIBELS_OF_HALF = -6;

  @ParameterizedTest
  @ValueSource(ints = {16_000, 22_050, 24_000, 44_100, 48_000})
  void speechKeepsItsLevelInBothDirections(int rate) {
    for (int hertz = 100; hertz <= 3_400; hertz += 300) {
      assertThat(Tones.level(hertz, LINE, resample(rate, LINE, hertz)))
          .as("%d Hz down", hertz)
          .isCloseTo(DECIBELS_OF_HALF, within(0.1));
      assertThat(Tones.level(hertz, rate, resample(LINE, rate, hertz)))
          .as("%d Hz up", hertz)
          .isCloseTo(DECIBELS_OF_HALF, within(0.1));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16_000, 22_050, 24_000, 44_100, 48_000})
  void whatTheLineCannotCarryDoesNotFoldBackIntoIt(int rate) {
    for (int hertz = 4_030; hertz < rate / 2; hertz += 394) {
      assertThat(Tones.loudness(LINE, resample(rate, LINE, hertz)))
          .as("%d Hz", hertz)
          .isLessThan(DECIBELS_OF_HALF - 65);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16_000, 22_050, 24_000, 44_100, 48_000})
  void speechHasNoImagesAboveTheLinesBand(int rate) {
    for (int hertz = 300; hertz <= 3_400; hertz += 310) {
      assertThat(Tones.signalToNoise(hertz, rate, resample(LINE, rate, hertz)))
          .as("%d Hz", hertz)
          .isGreaterThan(70);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16_000, 24_000, 44_100})
  void aToneSurvivesThereAndBack(int rate) {
    short[] there = resample(LINE, rate, 1_000);
    short[] back = new Resampler(rate, LINE).resample(there);
    assertThat(Tones.signalToNoise(1_000, LINE, back)).isGreaterThan(80);
  }

  @ParameterizedTest
  @ValueSource(ints = {16_000, 22_050, 24_000, 44_100, 48_000})
  void addsLessThanFourMillisecondsOfDelay(int rate) {
    assertThat(delay(rate, LINE)).isBetween(0.003, 0.004);
    assertThat(delay(LINE, rate)).isBetween(0.003, 0.004);
  }

  @Test
  void aSteadyLevelStaysSteady() {
    short[] level = new short[LINE / 10];
    Arrays.fill(level, (short) 12_345);
    short[] resampled = new Resampler(LINE, 44_100).resample(level);
    assertThat(Arrays.copyOfRange(resampled, 441, resampled.length)).containsOnly(12_345);
  }

  @Test
  void overshootIsHeldAtTheLoudestSample() {
    short[] loud = new Resampler(LINE, 16_000).resample(square(32_767));
    short[] halfAsLoud = new Resampler(LINE, 16_000).resample(square(16_383));
    for (int i = 0; i < loud.length; i++) {
      double unbounded = halfAsLoud[i] * 32_767.0 / 16_383;
      assertThat((double) loud[i]).isCloseTo(Math.clamp(unbounded, -32_768, 32_767), within(2.0));
    }
    assertThat(loud).contains(Short.MIN_VALUE, Short.MAX_VALUE);
  }

  @Test
  void twentyMillisecondsInAreTwentyMillisecondsOut() {
    for (int rate : new int[] {16_000, 22_050, 24_000, 44_100, 48_000}) {
      Resampler up = new Resampler(LINE, rate);
      Resampler down = new Resampler(rate, LINE);
      for (int chunk = 0; chunk < 10; chunk++) {
        assertThat(up.resample(new short[160])).hasSize(rate / 50);
        assertThat(down.resample(new short[rate / 50])).hasSize(160);
      }
    }
  }

  private static short[] resample(int from, int to, int hertz) {
    return new Resampler(from, to).resample(Tones.tone(hertz, from, 0.5));
  }

  private static double delay(int from, int to) {
    short[] click = new short[from / 50];
    click[0] = Short.MAX_VALUE;
    short[] heard = new Resampler(from, to).resample(click);
    int loudest = 0;
    for (int i = 0; i < heard.length; i++) {
      loudest = heard[i] > heard[loudest] ? i : loudest;
    }
    return (double) loudest / to;
  }

  private static short[] square(int amplitude) {
    short[] samples = new short[800];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (short) (i % 32 < 16 ? amplitude : -amplitude);
    }
    return samples;
  }
}
