package dev.callbridge.elevenlabs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.agent.ToAgent;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.publisher.TestPublisher;

final class CallerVoiceTests {

  private static final Duration SOON = Duration.ofSeconds(10);

  /// What is on the socket when nothing is sound.
  private interface NoSound extends CallerVoice.Encoder {
    @Override
    default @Nullable ByteBuf sound(ToAgent message) {
      return null;
    }
  }

  private static final NoSound TEXT =
      message ->
          new TextWebSocketFrame(Unpooled.copiedBuffer(((ToAgent.Message) message).text(), UTF_8));

  private final AtomicBoolean stuck = new AtomicBoolean();
  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext context) {
              if (!stuck.get()) {
                context.flush();
              }
            }
          });
  private final TestPublisher<ToAgent> caller = TestPublisher.create();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicBoolean done = new AtomicBoolean();

  @AfterEach
  void close() {
    stuck.set(false);
    channel.flush();
    channel.finishAndReleaseAll();
  }

  @Test
  void whatTheCallerHasIsWrittenAsItComesAndTheEndIsBehindIt() {
    write();
    caller.next(said("one")).next(said("two"));
    assertThat(written()).containsExactly("one", "two");
    assertThat(done).isFalse();

    caller.next(said("three")).complete();

    assertThat(written()).containsExactly("three");
    assertThat(done).isTrue();
  }

  @Test
  void aSocketThatTakesNothingIsAskedForNoMoreUntilItDoes() {
    channel
        .config()
        .setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(4, 8));
    AtomicReference<Long> asked = new AtomicReference<>(0L);
    Flux<ToAgent> counted = caller.flux().doOnRequest(n -> asked.updateAndGet(all -> all + n));
    stuck.set(true);
    CallerVoice.write(counted, TEXT, channel).subscribe();
    long most = asked.get();

    for (int i = 0; i < most; i++) {
      caller.next(said("sound of some length"));
    }
    assertThat(channel.isWritable()).isFalse();
    assertThat(asked).hasValue(most);

    stuck.set(false);
    channel.flush();

    assertThat(asked.get()).isGreaterThan(most);
    caller.next(said("later"));
    assertThat(written()).hasSize((int) most + 1).last().isEqualTo("later");
  }

  @Test
  void aSocketThatIsGoneIsAskedForNothingMore() {
    AtomicReference<Long> asked = new AtomicReference<>(0L);
    Flux<ToAgent> counted = caller.flux().doOnRequest(n -> asked.updateAndGet(all -> all + n));
    CallerVoice.write(counted, TEXT, channel).subscribe();
    long most = asked.get();
    channel.close();

    for (int i = 0; i < most; i++) {
      caller.next(said("to nobody"));
    }

    assertThat(asked).hasValue(most);
  }

  @Test
  void aMessageThatCannotBeSaidEndsIt() {
    CallerVoice.write(
            caller.flux(),
            (NoSound)
                _ -> {
                  throw new IllegalArgumentException("no");
                },
            channel)
        .subscribe(_ -> {}, failure::set);
    caller.next(said("one"));

    assertThat(failure.get()).hasMessage("no");
    caller.assertCancelled();
  }

  @Test
  void messagesOfOtherThreadsKeepTheirPlace() {
    try (var loops = new DefaultEventLoopGroup(2)) {
      List<String> received = new ArrayList<>();
      LocalAddress address = new LocalAddress("caller-voice");
      new ServerBootstrap()
          .group(loops)
          .channel(LocalServerChannel.class)
          .childHandler(
              new SimpleChannelInboundHandler<TextWebSocketFrame>() {
                @Override
                protected void channelRead0(
                    ChannelHandlerContext context, TextWebSocketFrame frame) {
                  received.add(frame.text());
                  if (frame.text().equals("999")) {
                    context.close();
                  }
                }
              })
          .bind(address)
          .syncUninterruptibly();
      var socket =
          new Bootstrap()
              .group(loops)
              .channel(LocalChannel.class)
              .handler(new ChannelOutboundHandlerAdapter())
              .connect(address)
              .syncUninterruptibly()
              .channel();
      Scheduler itsOwn = Schedulers.fromExecutorService(socket.eventLoop());
      Flux<ToAgent> mixed =
          Flux.range(0, 1_000)
              .concatMap(i ->
                  Flux.just(said("" + i)).publishOn(i % 3 == 0 ? Schedulers.parallel() : itsOwn));

      CallerVoice.write(mixed, TEXT, socket).block(SOON);
      assertThat(socket.closeFuture().awaitUninterruptibly(SOON.toMillis())).isTrue();

      assertThat(received).isEqualTo(IntStream.range(0, 1_000).mapToObj(String::valueOf).toList());
    }
  }

  private void write() {
    CallerVoice.write(caller.flux(), TEXT, channel)
        .subscribe(_ -> {}, failure::set, () -> done.set(true));
  }

  private List<String> written() {
    List<String> texts = new ArrayList<>();
    for (TextWebSocketFrame frame = channel.readOutbound();
        frame != null;
        frame = channel.readOutbound()) {
      texts.add(frame.text());
      frame.release();
    }
    return texts;
  }

  private static ToAgent said(String text) {
    return new ToAgent.Message(text);
  }
}
