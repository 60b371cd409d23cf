package dev.callbridge.sockets;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Lets the last words on a socket arrive. A socket that is closed while the other side's audio is
/// still coming in is reset by the kernel, and a reset throws away what the other side has not read
/// yet: our close frame with its code. So our direction ends first, and what still comes is read
/// and forgotten until the other side has closed too, or has had its time.
public final class LingeringClose extends ChannelDuplexHandler {

  public static final Duration PATIENCE = Duration.ofSeconds(1);

  private @Nullable ChannelPromise closing;

  @Override
  @SuppressWarnings("FutureReturnValueIgnored")
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    if (closing != null
        || !(context.channel() instanceof DuplexChannel channel)
        || !channel.isActive()) {
      context.close(promise);
      return;
    }
    closing = promise;
    channel.shutdownOutput();
    context
        .executor()
        .schedule(() -> end(context, promise), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    context.read();
  }

  private static void end(ChannelHandlerContext context, ChannelPromise promise) {
    if (context.channel().isOpen() && !promise.isDone()) {
      context.close(promise);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (closing == null) {
      context.fireChannelRead(message);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (closing == null) {
      context.fireChannelReadComplete();
    } else {
      context.read();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    ChannelPromise promise = closing;
    if (promise != null) {
      promise.trySuccess();
    }
    context.fireChannelInactive();
  }
}
