package dev.callbridge.sandbox.speech;

import java.time.Duration;
import java.util.Arrays;

/// Telephone audio as the sandbox hears it: G.711 mu-law at 8 kHz, one byte a sample.
///
/// Written apart from the product's own codec, so that the sandbox can judge it.
public final class Mulaw {

  /// The byte of a sample of silence.
  public static final byte SILENCE = (byte) 0xFF;

  /// A telephone frame: 20 ms.
  public static final int FRAME_BYTES = 160;

  /// A frame above this level is taken for speech: -36 dBFS, well under the clips and well over a
  /// quiet line.
  public static final double SPEECH_RMS = 500;

  private static final int BIAS = 0x84;
  private static final int CLIP = 32635;
  private static final short[] LINEAR = new short[256];

  static {
    for (int code = 0; code < 256; code++) {
      int bits = ~code & 0xFF;
      int magnitude = ((((bits & 0x0F) << 3) + BIAS) << ((bits >> 4) & 0x07)) - BIAS;
      LINEAR[code] = (short) ((bits & 0x80) != 0 ? -magnitude : magnitude);
    }
  }

  private Mulaw() {}

  public static short toLinear(byte ulaw) {
    return LINEAR[ulaw & 0xFF];
  }

  public static byte fromLinear(int sample) {
    int sign = sample < 0 ? 0x80 : 0;
    int magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
    int exponent = 31 - Integer.numberOfLeadingZeros(magnitude) - 7;
    int mantissa = (magnitude >> (exponent + 3)) & 0x0F;
    return (byte) ~(sign | (exponent << 4) | mantissa);
  }

  /// The level of a stretch of audio, in steps of 16-bit samples: 0 for silence, 32124 at most.
  public static double rms(byte[] ulaw, int from, int length) {
    if (length <= 0) {
      return 0;
    }
    double squares = 0;
    for (int i = from; i < from + length; i++) {
      int sample = LINEAR[ulaw[i] & 0xFF];
      squares += (double) sample * sample;
    }
    return Math.sqrt(squares / length);
  }

  public static double rms(byte[] ulaw) {
    return rms(ulaw, 0, ulaw.length);
  }

  public static byte[] silence(Duration duration) {
    byte[] silence = new byte[Math.toIntExact(duration.toMillis()) * 8];
    Arrays.fill(silence, SILENCE);
    return silence;
  }

  public static Duration duration(int bytes) {
    return Duration.ofNanos(bytes * 125_000L);
  }
}
