package dev.callbridge.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/// One buffer for what every socket reads: there is one thread, and a frame is done with before the
/// next is read. While a handshake still holds on to it, others get a buffer of their own.
final class SharedReadBuffer implements RecvByteBufAllocator {

  /// Room for the largest message the tool receives, 250 ms of audio, in one read.
  private static final int BYTES = 4_096;

  private final FixedRecvByteBufAllocator fixed = new FixedRecvByteBufAllocator(BYTES);
  private final ByteBuf shared = Unpooled.directBuffer(BYTES, BYTES);

  @Override
  @SuppressWarnings("deprecation")
  public Handle newHandle() {
    return new Shared((ExtendedHandle) fixed.newHandle());
  }

  private final class Shared extends DelegatingHandle implements ExtendedHandle {

    private final ExtendedHandle counting;

    Shared(ExtendedHandle counting) {
      super(counting);
      this.counting = counting;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return shared.refCnt() == 1 ? shared.clear().retain() : counting.allocate(allocator);
    }

    @Override
    public boolean continueReading(io.netty.util.UncheckedBooleanSupplier mayHaveMore) {
      return counting.continueReading(mayHaveMore);
    }
  }
}
