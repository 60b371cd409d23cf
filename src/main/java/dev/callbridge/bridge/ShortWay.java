package dev.callbridge.bridge;

import dev.callbridge.sockets.FrameBounds;
import dev.callbridge.sockets.Mask;
import dev.callbridge.twilio.FromTwilio;
import dev.callbridge.twilio.MediaStreamCodec;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/// Takes a caller's sound out of a media socket's bytes, ahead of the WebSocket decoder. What is
/// not whole, or not spelled as Twilio spells it, is left to the decoder, frame by frame.
final class ShortWay extends ChannelInboundHandlerAdapter {

  /// Who hears the sound.
  interface Ear {

    /// Whether sound may come without what the decoder has had before it.
    boolean isOpen();

    void hear(FromTwilio.Media sound);
  }

  /// Final, text, masked, its length in two bytes.
  private static final int COMMON = 0x81FE;

  private static final int HEADER = 8;

  /// Twilio's are about 385 bytes.
  private static final int LONGEST = 1_024;

  private final MediaStreamCodec codec;
  private final Ear ear;
  private final FrameBounds bounds = new FrameBounds();
  private final byte[] text = new byte[LONGEST];

  /// For a socket on which nothing has come in yet.
  ShortWay(MediaStreamCodec codec, Ear ear) {
    this.codec = codec;
    this.ear = ear;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      context.fireChannelRead(message);
      return;
    }
    boolean ours = true;
    try {
      while (bytes.isReadable()) {
        FromTwilio.@Nullable Media sound = sound(bytes);
        if (sound != null) {
          ear.hear(sound);
          continue;
        }
        int length = bounds.pass(bytes);
        if (length == bytes.readableBytes()) {
          ours = false;
          context.fireChannelRead(bytes);
          return;
        }
        context.fireChannelRead(bytes.readRetainedSlice(length));
      }
    } finally {
      if (ours) {
        bytes.release();
      }
    }
  }

  private FromTwilio.@Nullable Media sound(ByteBuf bytes) {
    int at = bytes.readerIndex();
    int readable = bytes.readableBytes();
    if (readable < HEADER
        || bytes.getUnsignedShort(at) != COMMON
        || !bounds.isBetweenMessages()
        || !ear.isOpen()) {
      return null;
    }
    int length = bytes.getUnsignedShort(at + 2);
    if (length > LONGEST || readable < HEADER + length) {
      return null;
    }
    int key = bytes.getInt(at + 4);
    bytes.getBytes(at + HEADER, text, 0, length);
    Mask.apply(text, 0, length, key);
    FromTwilio.@Nullable Media sound = codec.sound(text, length);
    if (sound != null) {
      bytes.skipBytes(HEADER + length);
    }
    return sound;
  }
}
