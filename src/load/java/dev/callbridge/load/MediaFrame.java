package dev.callbridge.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;

/// The `media` message of one call, masked once and then only renumbered in place: its length
/// changes when a number gains a digit, which is when it is built anew.
final class MediaFrame {

  /// 20 ms of mu-law.
  static final int AUDIO_BYTES = 160;

  static final int PAYLOAD_CHARS = 216;

  /// What follows the stamp in every frame: noise, so that no byte of it is like the next.
  static final byte[] TAIL = tail(AUDIO_BYTES);

  private final String streamSid;
  private final int mask;
  private ByteBuf frame = Unpooled.EMPTY_BUFFER;
  private int digits = -1;
  private int header;
  private int sequenceAt;
  private int chunkAt;
  private int timestampAt;
  private int stampAt;

  MediaFrame(String streamSid, int mask) {
    this.streamSid = streamSid;
    this.mask = mask;
  }

  /// The characters that follow the stamp in `bytes` of audio.
  static byte[] tail(int bytes) {
    byte[] audio = new byte[bytes - 24];
    new Random(20).nextBytes(audio);
    return Base64.getEncoder().encode(audio);
  }

  /// The frame with these numbers, with a reference for whoever sends it.
  ByteBuf next(long sequenceNumber, long chunk, long timestamp, Stamp stamp) {
    int wanted = digits(sequenceNumber) << 16 | digits(chunk) << 8 | digits(timestamp);
    // Someone else still holds the frame when an earlier one waits for room in the socket.
    if (wanted != digits || frame.refCnt() > 1) {
      build(sequenceNumber, chunk, timestamp);
      digits = wanted;
    }
    writeDigits(sequenceAt, sequenceNumber);
    writeDigits(chunkAt, chunk);
    writeDigits(timestampAt, timestamp);
    stamp.write(frame, header + stampAt, stampAt, mask);
    return frame.setIndex(0, frame.capacity()).retain();
  }

  void release() {
    frame.release();
    frame = Unpooled.EMPTY_BUFFER;
    digits = -1;
  }

  private void build(long sequenceNumber, long chunk, long timestamp) {
    String untilSequence = "{\"event\":\"media\",\"sequenceNumber\":\"";
    String untilChunk =
        untilSequence
            + sequenceNumber
            + ("\",\"streamSid\":\"" + streamSid)
            + "\",\"media\":{\"track\":\"inbound\",\"chunk\":\"";
    String untilTimestamp = untilChunk + chunk + "\",\"timestamp\":\"";
    String untilStamp = untilTimestamp + timestamp + "\",\"payload\":\"";
    String message =
        untilStamp + "A".repeat(Stamp.CHARS) + new String(TAIL, StandardCharsets.US_ASCII) + "\"}}";
    header = Frames.headerLength(message.length(), mask);
    sequenceAt = untilSequence.length();
    chunkAt = untilChunk.length();
    timestampAt = untilTimestamp.length();
    stampAt = untilStamp.length();
    frame.release();
    frame = Unpooled.directBuffer(header + message.length(), header + message.length());
    Frames.writeHeader(frame, Frames.TEXT, message.length(), mask);
    for (int i = 0; i < message.length(); i++) {
      frame.writeByte(message.charAt(i) ^ Frames.maskByte(mask, i));
    }
  }

  private void writeDigits(int offset, long number) {
    long left = number;
    for (int i = offset + digits(number) - 1; i >= offset; i--) {
      frame.setByte(header + i, (int) ('0' + left % 10) ^ Frames.maskByte(mask, i));
      left /= 10;
    }
  }

  private static int digits(long number) {
    int digits = 1;
    for (long left = number; left >= 10; left /= 10) {
      digits++;
    }
    return digits;
  }
}
