package dev.callbridge.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Reads 16-bit little-endian samples from a stream that may be cut anywhere, keeping half a sample
/// until its other half arrives. Dropping it instead would turn the rest of the call into noise.
final class PcmStream {

  private byte[] unread = {};

  short[] read(byte[] chunk) {
    byte[] bytes = chunk;
    if (unread.length > 0) {
      bytes = Arrays.copyOf(unread, unread.length + chunk.length);
      System.arraycopy(chunk, 0, bytes, unread.length, chunk.length);
    }
    short[] samples = new short[bytes.length / Short.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(samples);
    unread = Arrays.copyOfRange(bytes, samples.length * Short.BYTES, bytes.length);
    return samples;
  }

  static byte[] write(short[] samples) {
    byte[] bytes = new byte[samples.length * Short.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().put(samples);
    return bytes;
  }
}
