package dev.callbridge.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// One end of a WebSocket after its handshake. Frames are read where they lie in the received
/// buffer; there is no codec, because the tool makes as many system calls as the relay and must
/// cost less.
abstract class Peer extends ChannelInboundHandlerAdapter {

  private static final int LARGEST = 1 << 20;

  /// A client masks, with one key for the whole connection; a server does not.
  final int mask;

  final Tally tally;

  private @Nullable ChannelHandlerContext context;
  private @Nullable ByteBuf rest;
  private boolean closing;

  Peer(Tally tally, boolean client) {
    this.tally = tally;
    this.mask = client ? ThreadLocalRandom.current().nextInt() | 0x01010101 : Frames.UNMASKED;
  }

  abstract void onOpen();

  /// A text message of `length` bytes at `at`, still under `mask`. The buffer is the caller's.
  abstract void onText(ByteBuf buffer, int at, int length, int mask);

  /// The connection is gone; `expected` when this side had asked for that.
  abstract void onGone(boolean expected);

  final boolean isOpen() {
    return context != null && context.channel().isActive() && !closing;
  }

  /// Writes at once, past the pipeline. Takes the buffer over.
  final void send(ByteBuf frame) {
    if (context == null || !context.channel().isActive()) {
      frame.release();
      return;
    }
    var unsafe = context.channel().unsafe();
    unsafe.write(frame, context.channel().voidPromise());
    unsafe.flush();
  }

  final void sendText(String json) {
    if (context != null) {
      send(Frames.text(context.alloc(), json, mask));
    }
  }

  final ByteBuf newFrame(int capacity) {
    return Objects.requireNonNull(context).alloc().directBuffer(capacity);
  }

  final void close(int code) {
    if (isOpen() && context != null) {
      send(Frames.close(context.alloc(), code, mask));
      closing = true;
    }
  }

  final void abort() {
    closing = true;
    if (context != null) {
      context.close();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    this.context = context;
    onOpen();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (rest != null) {
      rest.writeBytes(in);
      in.release();
      in = rest;
      rest = null;
    }
    readFrames(context, in);
    if (in.isReadable() && context.channel().isActive()) {
      rest = context.alloc().directBuffer(Math.max(4_096, in.readableBytes() * 2)).writeBytes(in);
    }
    in.release();
  }

  private void readFrames(ChannelHandlerContext context, ByteBuf in) {
    while (in.readableBytes() >= 2) {
      int at = in.readerIndex();
      int opcode = in.getByte(at) & 0xff;
      int sizes = in.getByte(at + 1) & 0xff;
      int length = sizes & 0x7f;
      int header = (length < 126 ? 2 : length == 126 ? 4 : 10) + (sizes >= 0x80 ? 4 : 0);
      if (in.readableBytes() < header) {
        return;
      }
      if (length == 126) {
        length = in.getUnsignedShort(at + 2);
      } else if (length == 127) {
        length = (int) Math.min(in.getLong(at + 2), LARGEST + 1);
      }
      if (length > LARGEST) {
        tally.complain("frame larger than " + LARGEST + " bytes");
        abort();
        return;
      }
      if (in.readableBytes() < header + length) {
        return;
      }
      int key = sizes >= 0x80 ? in.getInt(at + header - 4) : Frames.UNMASKED;
      in.readerIndex(at + header + length);
      onFrame(context, opcode, in, at + header, length, key);
    }
  }

  private void onFrame(
      ChannelHandlerContext context, int opcode, ByteBuf in, int at, int length, int key) {
    switch (opcode) {
      case Frames.FINAL | Frames.TEXT -> onText(in, at, length, key);
      case Frames.FINAL | Frames.PING ->
          send(Frames.frame(context.alloc(), Frames.PONG, Frames.bytes(in, at, length, key), mask));
      case Frames.FINAL | Frames.PONG -> {}
      case Frames.FINAL | Frames.CLOSE -> {
        if (!closing) {
          send(Frames.close(context.alloc(), 1000, mask));
        }
        context.close();
      }
      default -> tally.complain("frame with first byte 0x" + Integer.toHexString(opcode));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (rest != null) {
      rest.release();
      rest = null;
    }
    onGone(closing);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      tally.complain("tool: " + cause);
    }
    context.close();
  }
}
