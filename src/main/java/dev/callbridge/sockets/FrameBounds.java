package dev.callbridge.sockets;

import io.netty.buffer.ByteBuf;

/// Where WebSocket frames begin and end in bytes that come in pieces of any size. Looks at their
/// headers only, and leaves it to a decoder to say which of them are allowed.
public final class FrameBounds {

  /// Two bytes, up to eight of length, four of mask.
  private static final int LONGEST_HEADER = 14;

  private static final int CONTROL = 0x8;
  private static final int CLOSE = 0x8;

  private final byte[] header = new byte[LONGEST_HEADER];
  private int headerLength;

  /// Of the content of the frame that has begun.
  private long left;

  private boolean fragmented;
  private boolean closed;

  /// Whether the next byte begins a message: no frame has begun, nor a message of several, nor has
  /// the other side said goodbye.
  public boolean isBetweenMessages() {
    return left == 0 && headerLength == 0 && !fragmented && !closed;
  }

  /// How many of the bytes that can be read, one at least, are of the frame that has begun or
  /// begins with them. They count as read.
  public int pass(ByteBuf bytes) {
    int from = bytes.readerIndex();
    int end = bytes.writerIndex();
    int at = from;
    if (left == 0) {
      while (at < end && !isHeaderWhole()) {
        header[headerLength++] = bytes.getByte(at++);
      }
      if (!isHeaderWhole()) {
        return at - from;
      }
      begin();
    }
    int content = (int) Math.min(left, end - at);
    left -= content;
    return at + content - from;
  }

  private boolean isHeaderWhole() {
    return headerLength >= 2 && headerLength == 2 + lengthBytes() + ((header[1] & 0x80) >> 5);
  }

  private int lengthBytes() {
    return switch (header[1] & 0x7F) {
      case 126 -> 2;
      case 127 -> 8;
      default -> 0;
    };
  }

  private void begin() {
    int bytes = lengthBytes();
    left = bytes == 0 ? header[1] & 0x7F : 0;
    for (int i = 0; i < bytes; i++) {
      left = left << 8 | header[2 + i] & 0xFF;
    }
    if (left < 0) {
      left = Long.MAX_VALUE;
    }
    headerLength = 0;
    int opcode = header[0] & 0x0F;
    if (opcode < CONTROL) {
      fragmented = (header[0] & 0x80) == 0;
    }
    closed |= opcode == CLOSE;
  }
}
