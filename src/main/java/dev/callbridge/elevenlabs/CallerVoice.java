package dev.callbridge.elevenlabs;

import dev.callbridge.agent.ToAgent;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

/// Writes what the caller's side has for the agent to the agent's socket, each message with a flush
/// of its own: they come twenty milliseconds apart, and the caller's socket and the agent's are on
/// one thread.
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

  private final Function<ToAgent, WebSocketFrame> encode;
  private final Channel channel;
  private final MonoSink<Void> done;

  /// Messages on their way to the socket's thread: what comes meanwhile on that thread must wait.
  private final AtomicInteger onTheWay = new AtomicInteger();

  /// Of what was asked for; on the socket's thread.
  private int owed;

  private CallerVoice(
      Function<ToAgent, WebSocketFrame> encode, Channel channel, MonoSink<Void> done) {
    this.encode = encode;
    this.channel = channel;
    this.done = done;
  }

  static Mono<Void> write(
      Flux<ToAgent> caller, Function<ToAgent, WebSocketFrame> encode, Channel channel) {
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
    WebSocketFrame frame;
    try {
      frame = encode.apply(message);
    } catch (RuntimeException e) {
      cancel();
      done.error(e);
      return;
    }
    ChannelFuture written = channel.writeAndFlush(frame);
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
