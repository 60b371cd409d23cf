package dev.callbridge.audio;

import java.util.Arrays;

/// Changes the sample rate of one stream, chunk by chunk.
///
/// Each output sample is computed from the same input samples in the same order however the input
/// was cut, so the result has no seams. A chunk yields all the samples it has earned: 20 ms in is
/// 20 ms out, later by half the filter's length.
final class Resampler {

  private final Polyphase filter;

  /// The input the next output sample still reaches back to. A stream starts out of silence.
  private short[] history;

  /// When the next output sample is due, counted from the next chunk's first sample in steps of `1
  /// / filter.up()` of a sample.
  private long due;

  Resampler(int fromRate, int toRate) {
    this.filter = Polyphase.between(fromRate, toRate);
    this.history = new short[filter.taps() - 1];
  }

  short[] resample(short[] chunk) {
    short[] input = Arrays.copyOf(history, history.length + chunk.length);
    System.arraycopy(chunk, 0, input, history.length, chunk.length);

    long end = (long) chunk.length * filter.up();
    short[] output = new short[(int) Math.ceilDiv(Math.max(0, end - due), (long) filter.down())];
    for (int i = 0; i < output.length; i++, due += filter.down()) {
      float[] phase = filter.phase((int) (due % filter.up()));
      output[i] = convolve(phase, input, (int) (due / filter.up()));
    }

    due -= end;
    history = Arrays.copyOfRange(input, chunk.length, input.length);
    return output;
  }

  /// Four running sums, because one alone makes every addition wait for the last. Loud speech may
  /// overshoot in the filter; it is held at the loudest sample, not wrapped to the other sign.
  private static short convolve(float[] phase, short[] input, int start) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int tap = 0;
    for (; tap + 3 < phase.length; tap += 4) {
      a += phase[tap] * input[start + tap];
      b += phase[tap + 1] * input[start + tap + 1];
      c += phase[tap + 2] * input[start + tap + 2];
      d += phase[tap + 3] * input[start + tap + 3];
    }
    for (; tap < phase.length; tap++) {
      a += phase[tap] * input[start + tap];
    }
    return (short) Math.clamp(Math.round(a + b + c + d), Short.MIN_VALUE, Short.MAX_VALUE);
  }
}
