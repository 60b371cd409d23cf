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
  private int header;
  private Digits sequence = Digits.NONE;
  private Digits chunks = Digits.NONE;
  private Digits timestamps = Digits.NONE;
  private int stampAt;

  /// Where a number stands in the message, and the first one that no longer fits there.
  private record Digits(int from, int to, long limit) {
    static final Digits NONE = new Digits(0, 0, 0);

    static Digits of(int from, long number) {
      int length = String.valueOf(number).length();
      return new Digits(from, from + length, (long) Math.pow(10, length));
    }
  }

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
    boolean grown =
        sequenceNumber >= sequence.limit || chunk >= chunks.limit || timestamp >= timestamps.limit;
    // Someone else still holds the frame when an earlier one waits for room in the socket.
    if (grown || frame.refCnt() > 1) {
      build(sequenceNumber, chunk, timestamp);
    } else {
      write(sequence, (int) sequenceNumber);
      write(chunks, (int) chunk);
      write(timestamps, (int) timestamp);
    }
    stamp.write(frame, header + stampAt, stampAt, mask);
    return frame.setIndex(0, frame.capacity()).retain();
  }

  void release() {
    frame.release();
    frame = Unpooled.EMPTY_BUFFER;
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
    sequence = Digits.of(untilSequence.length(), sequenceNumber);
    chunks = Digits.of(untilChunk.length(), chunk);
    timestamps = Digits.of(untilTimestamp.length(), timestamp);
    stampAt = untilStamp.length();
    frame.release();
    frame = Unpooled.directBuffer(header + message.length(), header + message.length());
    Frames.writeHeader(frame, Frames.TEXT, message.length(), mask);
    for (int i = 0; i < message.length(); i++) {
      frame.writeByte(message.charAt(i) ^ Frames.maskByte(mask, i));
    }
  }

  private void write(Digits place, int number) {
    int left = number;
    for (int i = place.to - 1; i >= place.from; i--) {
      frame.setByte(header + i, ('0' + left % 10) ^ Frames.maskByte(mask, i));
      left /= 10;
    }
  }
}
