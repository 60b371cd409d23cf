package dev.callbridge.elevenlabs;

import dev.callbridge.sockets.Mask;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The caller's sound as bytes of a WebSocket: one masked text frame, made in one piece.
///
/// A WebSocket encoder takes a message from one handler to the next, and allocates a header that it
/// joins with the message. This one knows how long its messages are.
final class AudioFrames {

  /// Twenty milliseconds of mu-law are 240 bytes.
  static final int LONGEST = 1_024;

  /// What is longer than 125 bytes says so in two more.
  static final int SHORTEST = 126;

  private static final byte TEXT_AND_FINAL = (byte) 0x81;
  private static final byte MASKED_AND_TWO_BYTES = (byte) 0xFE;
  private static final int HEADER = 8;

  private static final byte[] BEGIN = ascii("{\"user_audio_chunk\":\"");
  private static final byte[] END = ascii("\"}");

  private final byte[] frame = new byte[HEADER + LONGEST];

  AudioFrames() {
    frame[0] = TEXT_AND_FINAL;
    frame[1] = MASKED_AND_TWO_BYTES;
  }

  /// The frame, or null for sound of unusual length.
  ///
  /// @param payload base64
  @Nullable ByteBuf of(byte[] payload, ByteBufAllocator allocator) {
    int length = BEGIN.length + payload.length + END.length;
    if (length < SHORTEST || length > LONGEST) {
      return null;
    }
    int key = ThreadLocalRandom.current().nextInt();
    frame[2] = (byte) (length >> 8);
    frame[3] = (byte) length;
    frame[4] = (byte) (key >> 24);
    frame[5] = (byte) (key >> 16);
    frame[6] = (byte) (key >> 8);
    frame[7] = (byte) key;
    put(END, put(payload, put(BEGIN, HEADER)));
    Mask.apply(frame, HEADER, length, key);
    return allocator.buffer(HEADER + length).writeBytes(frame, 0, HEADER + length);
  }

  private int put(byte[] part, int at) {
    System.arraycopy(part, 0, frame, at, part.length);
    return at + part.length;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
