package dev.callbridge.speech;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

/// The header of a WAV file of 8-bit μ-law, 8 kHz, mono.
final class Wav {

  private static final int HEADER = 58;

  /// Of a length that is not known yet, as players take from a stream.
  private static final int UNKNOWN = -1;

  private Wav() {}

  static DataBuffer header() {
    return header(UNKNOWN, UNKNOWN);
  }

  static DataBuffer header(int bytes) {
    // What comes after these first eight bytes, with the padding of an odd chunk.
    return header(HEADER - 8 + bytes + bytes % 2, bytes);
  }

  private static DataBuffer header(int all, int bytes) {
    ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    header.put(ascii("RIFF")).putInt(all).put(ascii("WAVE"));
    header.put(ascii("fmt ")).putInt(18).putShort((short) 7).putShort((short) 1);
    header.putInt(8_000).putInt(8_000).putShort((short) 1).putShort((short) 8);
    header.putShort((short) 0);
    header.put(ascii("fact")).putInt(4).putInt(bytes);
    header.put(ascii("data")).putInt(bytes);
    return DefaultDataBufferFactory.sharedInstance.wrap(header.flip());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
