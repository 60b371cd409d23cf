package dev.callbridge.sockets;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The mask of what a WebSocket client sends (RFC 6455, 5.3): put on and taken off by the same
/// step.
public final class Mask {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Mask() {}

  /// @param key four bytes as the frame's header has them, the first one highest
  public static void apply(byte[] bytes, int from, int length, int key) {
    long twice = key & 0xFFFF_FFFFL;
    twice |= twice << 32;
    int end = from + length;
    int at = from;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      LONGS.set(bytes, at, (long) LONGS.get(bytes, at) ^ twice);
    }
    for (int shift = 24; at < end; at++, shift = shift == 0 ? 24 : shift - 8) {
      bytes[at] ^= (byte) (key >>> shift);
    }
  }
}
