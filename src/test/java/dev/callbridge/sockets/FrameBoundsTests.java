package dev.callbridge.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FrameBoundsTests {

  private static final int TEXT = 0x81;
  private static final int TEXT_TO_BE_CONTINUED = 0x01;
  private static final int CONTINUED = 0x00;
  private static final int LAST = 0x80;
  private static final int PING = 0x89;
  private static final int CLOSE = 0x88;

  private final FrameBounds bounds = new FrameBounds();
  private final Random random = new Random(13);

  @Test
  void framesAreFoundInPiecesOfAnySize() {
    for (int round = 0; round < 200; round++) {
      List<Integer> ends = new ArrayList<>();
      ByteBuf all = Unpooled.buffer();
      for (int i = 0; i < 20; i++) {
        all.writeBytes(frame(i % 5 == 0 ? PING : TEXT, length(), random.nextBoolean()));
        ends.add(all.writerIndex());
      }
      assertThat(boundaries(all)).isEqualTo(ends);
    }
  }

  @Test
  void aMessageOfSeveralFramesIsOneWithPingsBetweenThem() {
    pass(frame(TEXT_TO_BE_CONTINUED, 3, true));
    assertThat(bounds.isBetweenMessages()).isFalse();
    pass(frame(PING, 0, true));
    assertThat(bounds.isBetweenMessages()).isFalse();
    pass(frame(CONTINUED, 300, true));
    assertThat(bounds.isBetweenMessages()).isFalse();
    pass(frame(LAST, 3, true));
    assertThat(bounds.isBetweenMessages()).isTrue();
  }

  @Test
  void nothingBeginsAfterAGoodbye() {
    pass(frame(CLOSE, 2, true));
    assertThat(bounds.isBetweenMessages()).isFalse();
    pass(frame(TEXT, 2, true));
    assertThat(bounds.isBetweenMessages()).isFalse();
  }

  @Test
  void aLengthThatNobodyHasNeverEnds() {
    ByteBuf endless = Unpooled.buffer().writeByte(TEXT).writeByte(127).writeLong(-1).writeZero(9);
    assertThat(bounds.pass(endless)).isEqualTo(endless.readableBytes());
    assertThat(bounds.isBetweenMessages()).isFalse();
  }

  /// Where the bounds say that one frame is over, given the bytes in pieces.
  private List<Integer> boundaries(ByteBuf all) {
    List<Integer> found = new ArrayList<>();
    while (all.isReadable()) {
      ByteBuf piece = all.readSlice(1 + random.nextInt(Math.min(all.readableBytes(), 400)));
      int begin = all.readerIndex() - piece.readableBytes();
      while (piece.isReadable()) {
        int length = bounds.pass(piece);
        assertThat(length).isBetween(1, piece.readableBytes());
        piece.skipBytes(length);
        if (bounds.isBetweenMessages()) {
          found.add(begin + piece.readerIndex());
        }
      }
    }
    return found;
  }

  private void pass(ByteBuf frame) {
    assertThat(bounds.pass(frame)).isEqualTo(frame.readableBytes());
  }

  private int length() {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> random.nextInt(126);
      case 2 -> 126 + random.nextInt(1_000);
      default -> 65_536 + random.nextInt(10);
    };
  }

  private static ByteBuf frame(int first, int length, boolean masked) {
    int mask = masked ? 0x80 : 0;
    ByteBuf frame = Unpooled.buffer().writeByte(first);
    if (length < 126) {
      frame.writeByte(mask | length);
    } else if (length < 65_536) {
      frame.writeByte(mask | 126).writeShort(length);
    } else {
      frame.writeByte(mask | 127).writeLong(length);
    }
    return frame.writeZero((masked ? 4 : 0) + length);
  }
}
