package dev.callbridge.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/// WebSocket frames (RFC 6455, section 5) as bytes: only what the two simulated peers need of them.
final class Frames {

  static final int FINAL = 0x80;
  static final int TEXT = 0x1;
  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xA;

  /// The mask of a server, which has none.
  static final int UNMASKED = 0;

  private Frames() {}

  /// The byte of the mask that covers the byte at `offset` of a message.
  static int maskByte(int mask, int offset) {
    return mask >>> (24 - 8 * (offset & 3)) & 0xff;
  }

  static int headerLength(int length, int mask) {
    return (length < 126 ? 2 : length < 65_536 ? 4 : 10) + (mask == UNMASKED ? 0 : 4);
  }

  static void writeHeader(ByteBuf buffer, int opcode, int length, int mask) {
    int masked = mask == UNMASKED ? 0 : 0x80;
    buffer.writeByte(FINAL | opcode);
    if (length < 126) {
      buffer.writeByte(masked | length);
    } else if (length < 65_536) {
      buffer.writeByte(masked | 126).writeShort(length);
    } else {
      buffer.writeByte(masked | 127).writeLong(length);
    }
    if (mask != UNMASKED) {
      buffer.writeInt(mask);
    }
  }

  static ByteBuf text(ByteBufAllocator allocator, String json, int mask) {
    return frame(allocator, TEXT, json.getBytes(StandardCharsets.UTF_8), mask);
  }

  static ByteBuf close(ByteBufAllocator allocator, int code, int mask) {
    return frame(allocator, CLOSE, new byte[] {(byte) (code >>> 8), (byte) code}, mask);
  }

  static ByteBuf frame(ByteBufAllocator allocator, int opcode, byte[] payload, int mask) {
    ByteBuf frame = allocator.directBuffer(headerLength(payload.length, mask) + payload.length);
    writeHeader(frame, opcode, payload.length, mask);
    for (int i = 0; i < payload.length; i++) {
      frame.writeByte(payload[i] ^ maskByte(mask, i));
    }
    return frame;
  }

  /// The unmasked text of a received frame.
  static String text(ByteBuf buffer, int at, int length, int mask) {
    byte[] bytes = bytes(buffer, at, length, mask);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static byte[] bytes(ByteBuf buffer, int at, int length, int mask) {
    byte[] bytes = new byte[length];
    buffer.getBytes(at, bytes);
    for (int i = 0; mask != UNMASKED && i < length; i++) {
      bytes[i] ^= (byte) maskByte(mask, i);
    }
    return bytes;
  }

  /// Whether the message holds exactly these characters at `offset`.
  static boolean matches(ByteBuf buffer, int at, int offset, int mask, byte[] expected) {
    return matches(buffer, at, offset, mask, expected, 0, expected.length);
  }

  /// The same with so many of the expected bytes, from one of them on.
  static boolean matches(
      ByteBuf buffer, int at, int offset, int mask, byte[] expected, int from, int length) {
    for (int i = 0; i < length; i++) {
      int found = buffer.getByte(at + offset + i) ^ maskByte(mask, offset + i);
      if ((byte) found != expected[from + i]) {
        return false;
      }
    }
    return true;
  }
}
