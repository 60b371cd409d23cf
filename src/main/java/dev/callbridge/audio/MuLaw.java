package dev.callbridge.audio;

/// G.711 mu-law, the telephone network's eight bits a sample: fine steps for quiet speech, coarse
/// for loud. Samples are on the usual 16-bit scale, where the loudest code is ±32124.
///
/// Both ways are a table look-up, because every sample of a call passes here.
public final class MuLaw {

  /// The code for no sound. The other zero, `0x7F`, decodes the same but is never produced.
  public static final byte SILENCE = (byte) 0xFF;

  /// Added before the logarithm is taken, so that the quietest segment starts on a power of two.
  private static final int BIAS = 132;

  /// The loudest magnitude that has a code; louder samples share it.
  private static final int CLIP = 32_767 - BIAS;

  private static final short[] DECODED = new short[1 << Byte.SIZE];
  private static final byte[] ENCODED = new byte[1 << Short.SIZE];

  static {
    for (int code = 0; code < DECODED.length; code++) {
      DECODED[code] = expand(code);
    }
    for (int sample = Short.MIN_VALUE; sample <= Short.MAX_VALUE; sample++) {
      ENCODED[sample & 0xFFFF] = compress(sample);
    }
  }

  private MuLaw() {}

  public static short decode(byte code) {
    return DECODED[Byte.toUnsignedInt(code)];
  }

  public static byte encode(short sample) {
    return ENCODED[Short.toUnsignedInt(sample)];
  }

  public static short[] decode(byte[] codes) {
    short[] samples = new short[codes.length];
    for (int i = 0; i < codes.length; i++) {
      samples[i] = decode(codes[i]);
    }
    return samples;
  }

  public static byte[] encode(short[] samples) {
    byte[] codes = new byte[samples.length];
    for (int i = 0; i < samples.length; i++) {
      codes[i] = encode(samples[i]);
    }
    return codes;
  }

  /// A code is sign, three bits of segment and four of step, all sent inverted.
  private static short expand(int code) {
    int bits = ~code;
    int segment = bits >> 4 & 7;
    int step = bits & 15;
    int magnitude = (((step << 3) + BIAS) << segment) - BIAS;
    return (short) ((bits & 0x80) == 0 ? magnitude : -magnitude);
  }

  private static byte compress(int sample) {
    int biased = Math.min(Math.abs(sample), CLIP) + BIAS;
    int segment = 24 - Integer.numberOfLeadingZeros(biased);
    int step = biased >> (segment + 3) & 15;
    int sign = sample < 0 ? 0x80 : 0;
    return (byte) ~(sign | segment << 4 | step);
  }
}
