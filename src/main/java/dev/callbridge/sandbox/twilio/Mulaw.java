package dev.callbridge.sandbox.twilio;

/// As much of G.711 mu-law as a telephone line needs: how loud a frame is, a tone, line noise.
final class Mulaw {
  /// 20 ms at 8 kHz, the slice of sound every Media Streams message carries.
  static final int FRAME = 160;

  /// Mean absolute sample above which a frame is somebody speaking. Line noise stays below 10.
  private static final int AUDIBLE = 200;

  private static final int BIAS = 0x84;
  private static final int[] MAGNITUDE = new int[256];
  private static final byte[] NOISE = new byte[FRAME * 50];

  static {
    for (int code = 0; code < 256; code++) {
      int bits = ~code & 0x7F;
      MAGNITUDE[code] = ((((bits & 0x0F) << 3) + BIAS) << (bits >> 4)) - BIAS;
    }
    byte[] quiet = {(byte) 0xFF, 0x7F, (byte) 0xFF, (byte) 0xFE, 0x7E, (byte) 0xFF, 0x7F, 0x7F};
    int seed = 1;
    for (int i = 0; i < NOISE.length; i++) {
      seed = seed * 1_103_515_245 + 12_345;
      NOISE[i] = quiet[seed >>> 29];
    }
  }

  private Mulaw() {}

  static boolean isAudible(byte[] frame, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += MAGNITUDE[frame[i] & 0xFF];
    }
    return sum > AUDIBLE * FRAME;
  }

  /// The comfort noise of frame number `index`: the same noise for the same number.
  static byte[] noise(long index) {
    var frame = new byte[FRAME];
    System.arraycopy(NOISE, (int) (index % 50) * FRAME, frame, 0, FRAME);
    return frame;
  }

  static byte[] tone(int hertz, int millis) {
    var samples = new byte[millis * 8];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = encode((int) (6000 * Math.sin(2 * Math.PI * hertz * i / 8000)));
    }
    return samples;
  }

  private static byte encode(int sample) {
    int sign = sample < 0 ? 0x80 : 0;
    int magnitude = Math.min(Math.abs(sample), 32_635) + BIAS;
    int exponent = Math.max(0, 24 - Integer.numberOfLeadingZeros(magnitude));
    int mantissa = (magnitude >> (exponent + 3)) & 0x0F;
    return (byte) ~(sign | (exponent << 4) | mantissa);
  }
}
