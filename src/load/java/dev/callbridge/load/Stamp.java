package dev.callbridge.load;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The first 24 bytes of a frame's audio: who sent it, its place in the sequence, and when it was
/// sent.
///
/// 24 bytes are exactly 32 base64 characters, so a stamp is written into and read out of the text
/// of a frame without touching the audio behind it. Both ends live in one process and share its
/// clock.
record Stamp(int sender, long sequence, long nanos) {

  static final int CHARS = 32;

  private static final int MAGIC = 0x0CA11B1D;

  private static final byte[] ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
          .getBytes(StandardCharsets.US_ASCII);

  private static final byte[] VALUES = new byte[256];

  static {
    Arrays.fill(VALUES, (byte) -1);
    for (int i = 0; i < ALPHABET.length; i++) {
      VALUES[ALPHABET[i]] = (byte) i;
    }
  }

  /// Writes the stamp at `at`, which is `offset` bytes into a message masked with `mask`.
  void write(ByteBuf buffer, int at, int offset, int mask) {
    writeLong(buffer, at, offset, mask, (long) MAGIC << 32 | sender, sequence, nanos);
  }

  private static void writeLong(
      ByteBuf buffer, int at, int offset, int mask, long first, long second, long third) {
    for (int i = 0; i < CHARS; i++) {
      byte character = ALPHABET[sixBits(i, first, second, third)];
      buffer.setByte(at + i, character ^ Frames.maskByte(mask, offset + i));
    }
  }

  /// The `i`th group of six of the 192 bits of three longs.
  private static int sixBits(int i, long first, long second, long third) {
    int bit = i * 6;
    long high = bit < 64 ? first : bit < 128 ? second : third;
    int from = bit & 63;
    if (from <= 58) {
      return (int) (high >>> (58 - from)) & 63;
    }
    long low = bit < 64 ? second : third;
    int over = from - 58;
    return (int) (high << over | low >>> (64 - over)) & 63;
  }

  /// Reads a stamp, or null where there is none.
  static @Nullable Stamp read(ByteBuf buffer, int at, int offset, int mask) {
    long first = 0;
    long second = 0;
    long third = 0;
    for (int i = 0; i < CHARS; i++) {
      int value = VALUES[(buffer.getByte(at + i) ^ Frames.maskByte(mask, offset + i)) & 0xff];
      if (value < 0) {
        return null;
      }
      first = first << 6 | second >>> 58;
      second = second << 6 | third >>> 58;
      third = third << 6 | value;
    }
    return (int) (first >>> 32) == MAGIC ? new Stamp((int) first, second, third) : null;
  }
}
