package dev.callbridge.audio;

import java.util.Arrays;

/// Test tones and how much of one is left. Levels are in decibels against the loudest sample.
///
/// Measuring skips the start, where a filter fills, and covers whole periods of any multiple of 10
/// Hz, so a tone and everything else in the signal come apart exactly.
final class Tones {

  private static final double SECONDS = 0.3;
  private static final double SKIPPED = 0.1;

  private Tones() {}

  static short[] tone(double hertz, int rate, double amplitude) {
    short[] samples = new short[(int) (SECONDS * rate)];
    for (int i = 0; i < samples.length; i++) {
      double phase = 2 * Math.PI * hertz * i / rate;
      samples[i] = (short) Math.round(Short.MAX_VALUE * amplitude * Math.sin(phase));
    }
    return samples;
  }

  /// How loud the tone is in the signal.
  static double level(double hertz, int rate, short[] signal) {
    return decibels(Math.pow(amplitude(hertz, rate, signal), 2) / 2);
  }

  /// How loud the signal is altogether.
  static double loudness(int rate, short[] signal) {
    return decibels(power(steady(rate, signal)));
  }

  /// How far the tone stands above everything else: noise, distortion, images and aliases.
  static double signalToNoise(double hertz, int rate, short[] signal) {
    double tone = Math.pow(amplitude(hertz, rate, signal), 2) / 2;
    return decibels(tone) - decibels(Math.max(1e-3, power(steady(rate, signal)) - tone));
  }

  private static double amplitude(double hertz, int rate, short[] signal) {
    short[] steady = steady(rate, signal);
    double cosine = 0;
    double sine = 0;
    for (int i = 0; i < steady.length; i++) {
      double phase = 2 * Math.PI * hertz * i / rate;
      cosine += steady[i] * Math.cos(phase);
      sine += steady[i] * Math.sin(phase);
    }
    return Math.hypot(cosine, sine) * 2 / steady.length;
  }

  private static short[] steady(int rate, short[] signal) {
    int from = (int) (SKIPPED * rate);
    return Arrays.copyOfRange(signal, from, from + (int) Math.round((SECONDS - SKIPPED) * rate));
  }

  private static double power(short[] samples) {
    double sum = 0;
    for (short sample : samples) {
      sum += (double) sample * sample;
    }
    return sum / samples.length;
  }

  private static double decibels(double power) {
    return 10 * Math.log10(power * 2) - 20 * Math.log10(Short.MAX_VALUE);
  }
}
