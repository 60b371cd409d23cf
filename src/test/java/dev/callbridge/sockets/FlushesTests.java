package dev.callbridge.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FlushesTests {

  private static final long SECONDS = 10;

  private final EventLoop loop = new DefaultEventLoop();
  private final List<String> done = new CopyOnWriteArrayList<>();
  private final LocalChannel one = new LocalChannel();
  private final LocalChannel other = new LocalChannel();

  @BeforeEach
  void register() throws InterruptedException {
    for (LocalChannel channel : List.of(one, other)) {
      channel.pipeline().addLast(new Recorder());
      assertThat(loop.register(channel).await(SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  @AfterEach
  void close() {
    assertThat(
            loop.shutdownGracefully(0, SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(SECONDS, TimeUnit.SECONDS))
        .isTrue();
  }

  @Test
  void whatWasWrittenIsSentOnceTheLoopHasDoneWhatItWasAt() throws Exception {
    onLoop(() -> {
      write(one, "1");
      write(other, "2");
      done.add("done");
    });

    assertThat(done).containsExactly("1", "2", "done", "sent", "sent");
  }

  @Test
  void itIsDoneAnewEachTime() throws Exception {
    onLoop(() -> write(one, "1"));
    onLoop(() -> write(one, "2"));

    assertThat(done).containsExactly("1", "sent", "2", "sent");
  }

  private void onLoop(Runnable task) throws Exception {
    loop.submit(task).get(SECONDS, TimeUnit.SECONDS);
    // Behind what that one handed on.
    loop.submit(() -> {}).get(SECONDS, TimeUnit.SECONDS);
  }

  private static void write(LocalChannel channel, String message) {
    var _ = channel.write(message);
    Flushes.soon(channel);
  }

  private final class Recorder extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      done.add(String.valueOf(message));
      promise.setSuccess();
    }

    @Override
    public void flush(ChannelHandlerContext context) {
      done.add("sent");
    }
  }
}
