package dev.callbridge.twilio;

import dev.callbridge.audio.Base64Text;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads the one frame that comes fifty times a second, a `media` of the stream that was announced,
/// spelled byte for byte as Twilio spells it. Copies the payload once and parses nothing else
/// twice.
final class MediaFrame {

  /// Twilio's frames are about 385 bytes; a longer one takes the general way.
  private static final int MAX_LENGTH = 2_048;

  private static final byte[] SEQUENCE = ascii("{\"event\":\"media\",\"sequenceNumber\":\"");
  private static final byte[] CHUNK = ascii("\",\"media\":{\"track\":\"inbound\",\"chunk\":\"");
  private static final byte[] TIMESTAMP = ascii("\",\"timestamp\":\"");
  private static final byte[] PAYLOAD = ascii("\",\"payload\":\"");
  private static final byte[] END = ascii("\"}}");

  private final byte[] copy = new byte[MAX_LENGTH];
  private byte[] frame = copy;
  private int length;
  private int at;

  private @Nullable String streamSid;
  private byte[] stream = new byte[0];

  /// The stream whose frames are read here from now on.
  void expect(@Nullable String sid) {
    streamSid = sid;
    stream = ascii("\",\"streamSid\":\"" + sid);
  }

  /// The message, or null when the frame is anything but the common one.
  FromTwilio.@Nullable Media read(ByteBuf buffer) {
    int readable = buffer.readableBytes();
    if (readable > MAX_LENGTH) {
      return null;
    }
    buffer.getBytes(buffer.readerIndex(), copy, 0, readable);
    return read(copy, readable);
  }

  /// The same of text that is somebody else's again once this has returned.
  FromTwilio.@Nullable Media read(byte[] text, int textLength) {
    frame = text;
    length = textLength;
    at = 0;
    if (streamSid == null || !literal(SEQUENCE)) {
      return null;
    }
    long sequence = digits();
    if (sequence < 0 || !literal(stream) || !literal(CHUNK)) {
      return null;
    }
    long chunk = digits();
    if (chunk < 0 || !literal(TIMESTAMP)) {
      return null;
    }
    long timestamp = digits();
    if (timestamp < 0 || !literal(PAYLOAD)) {
      return null;
    }
    int begin = at;
    at = Base64Text.end(frame, begin, length);
    if (at <= begin) {
      return null;
    }
    byte[] payload = Arrays.copyOfRange(frame, begin, at);
    return literal(END) && at == length
        ? new FromTwilio.Media(
            sequence, streamSid, new FromTwilio.Media.Chunk("inbound", chunk, timestamp, payload))
        : null;
  }

  private boolean literal(byte[] expected) {
    int end = at + expected.length;
    if (end > length || !Arrays.equals(frame, at, end, expected, 0, expected.length)) {
      return false;
    }
    at = end;
    return true;
  }

  /// Up to fifteen digits, or -1.
  private long digits() {
    long value = 0;
    int begin = at;
    while (at < length && at - begin < 15 && frame[at] >= '0' && frame[at] <= '9') {
      value = value * 10 + (frame[at++] - '0');
    }
    return at == begin ? -1 : value;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
