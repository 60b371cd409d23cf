package dev.callbridge.elevenlabs;

import dev.callbridge.agent.ToAgent;
import dev.callbridge.sockets.Flushes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameEncoder;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

/// Writes what the caller's side has for the agent to the agent's socket. Sound, fifty times a
/// second, takes a short way: as a frame that is whole already, behind the socket's encoder, and
/// sent with that of other calls once their thread has read what there was ([Flushes]).
///
/// ## When the agent is slow
///
/// No more is asked for while the socket holds more than its write buffer may: what then waits, and
/// what becomes of it, is the caller's line's to say.
///
/// ## Termination
///
/// Completes when the caller's side has, behind its last message. A socket that takes no more is
/// none of its business: what the agent's side says tells how that ended.
final class CallerVoice extends BaseSubscriber<ToAgent> {

  /// Asked for at a time, which is what may come on top of a full write buffer.
  private static final int AT_A_TIME = 16;

  /// What a message is on the socket.
  interface Encoder {

    /// Sound as a whole frame, masked; null for all that is not common.
    @Nullable ByteBuf sound(ToAgent message);

    WebSocketFrame frame(ToAgent message);
  }

  private final Encoder encode;
  private final Channel channel;

  /// Before which a frame is bytes already. Null on a socket that has none.
  private final @Nullable ChannelHandlerContext encoder;

  private final MonoSink<Void> done;

  /// Messages on their way to the socket's thread: what comes meanwhile on that thread must wait.
  private final AtomicInteger onTheWay = new AtomicInteger();

  /// Of what was asked for; on the socket's thread.
  private int owed;

  private CallerVoice(Encoder encode, Channel channel, MonoSink<Void> done) {
    this.encode = encode;
    this.channel = channel;
    this.encoder = channel.pipeline().context(WebSocketFrameEncoder.class);
    this.done = done;
  }

  static Mono<Void> write(Flux<ToAgent> caller, Encoder encode, Channel channel) {
    return Mono.create(done -> {
      CallerVoice voice = new CallerVoice(encode, channel, done);
      done.onDispose(voice);
      caller.subscribe(voice);
    });
  }

  @Override
  public Context currentContext() {
    return Context.of(done.contextView());
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    onThread(this::ask);
  }

  @Override
  protected void hookOnNext(ToAgent message) {
    if (channel.eventLoop().inEventLoop() && onTheWay.get() == 0) {
      write(message);
    } else {
      onThread(() -> write(message));
    }
  }

  @Override
  protected void hookOnComplete() {
    onThread(done::success);
  }

  @Override
  protected void hookOnError(Throwable e) {
    done.error(e);
  }

  private void onThread(Runnable task) {
    if (channel.eventLoop().inEventLoop() && onTheWay.get() == 0) {
      task.run();
      return;
    }
    onTheWay.incrementAndGet();
    channel
        .eventLoop()
        .execute(() -> {
          onTheWay.decrementAndGet();
          task.run();
        });
  }

  private void write(ToAgent message) {
    ChannelFuture written;
    try {
      ByteBuf sound = encoder == null ? null : encode.sound(message);
      if (encoder != null && sound != null) {
        written = encoder.write(sound);
        Flushes.soon(channel);
      } else {
        written = channel.writeAndFlush(encode.frame(message));
      }
    } catch (RuntimeException e) {
      cancel();
      done.error(e);
      return;
    }
    owed--;
    if (channel.isWritable()) {
      if (owed <= AT_A_TIME / 2) {
        ask();
      }
    } else if (owed == 0) {
      // The last of those that wait: once it is gone, all of them are.
      written.addListener(sent -> {
        if (sent.isSuccess()) {
          ask();
        }
      });
    }
  }

  private void ask() {
    int more = AT_A_TIME - owed;
    owed = AT_A_TIME;
    request(more);
  }
}
