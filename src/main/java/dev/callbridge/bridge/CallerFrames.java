package dev.callbridge.bridge;

import dev.callbridge.call.Ending;
import dev.callbridge.sockets.Channels;
import dev.callbridge.sockets.Uncancelled;
import dev.callbridge.twilio.FromTwilio;
import dev.callbridge.twilio.MediaStreamCodec;
import dev.callbridge.twilio.MediaStreamException;
import io.micrometer.core.instrument.Counter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.netty.http.websocket.WebsocketInbound;

/// A media socket's frames as messages. A frame that is none is counted and passed over; one after
/// another is not Twilio.
///
/// ## The short way
///
/// A call is fifty frames of sound a second and hardly anything else. Once a session listens, those
/// that are spelled as Twilio spells them reach it straight from the socket's bytes ([ShortWay]);
/// everything else takes the stream of messages. Both are on the socket's thread, and a frame is
/// done with before the next one is looked at, so that nothing overtakes anything.
final class CallerFrames {

  private static final int MAX_MALFORMED = 20;

  private final MediaStreamCodec codec;
  private final Counter counter;
  private int malformed;

  private volatile @Nullable Consumer<FromTwilio.Media> ear;

  /// Whether sound has come to the session the long way, behind which nothing waits any more.
  private boolean open;

  CallerFrames(MediaStreamCodec codec, Counter counter) {
    this.codec = codec;
    this.counter = counter;
  }

  /// Goes on reading when it is cancelled, so that the socket can still be closed in words.
  Flux<FromTwilio> of(WebsocketInbound in) {
    WebsocketInbound whole = in.aggregateFrames(MediaStreamHandler.MAX_FRAME_BYTES);
    ChannelPipeline pipeline = Channels.of(in).pipeline();
    pipeline.addBefore(
        pipeline.context(WebSocketFrameDecoder.class).name(),
        "callbridge.shortWay",
        new ShortWay(codec, new ShortEar()));
    return new Uncancelled<>(whole.receiveFrames()).handle(this::read);
  }

  /// From the next sound on, sound goes there, for as long as somebody listens.
  void listen(Consumer<FromTwilio.Media> session) {
    ear = session;
  }

  void deafen() {
    ear = null;
  }

  private void read(WebSocketFrame frame, SynchronousSink<FromTwilio> sink) {
    if (frame instanceof TextWebSocketFrame) {
      try {
        FromTwilio message = codec.decode(frame.content());
        sink.next(message);
        malformed = 0;
        open |= ear != null && message instanceof FromTwilio.Media;
      } catch (MediaStreamException e) {
        malformed(sink);
      }
    } else if (!(frame instanceof PongWebSocketFrame || frame instanceof PingWebSocketFrame)) {
      malformed(sink);
    }
  }

  private void malformed(SynchronousSink<FromTwilio> sink) {
    counter.increment();
    if (++malformed > MAX_MALFORMED) {
      sink.error(new LineException(Ending.LINE_REFUSED, "malformed_frames"));
    }
  }

  private final class ShortEar implements ShortWay.Ear {

    @Override
    public boolean isOpen() {
      return open && ear != null;
    }

    @Override
    public void hear(FromTwilio.Media sound) {
      malformed = 0;
      Consumer<FromTwilio.Media> session = ear;
      if (session != null) {
        session.accept(sound);
      }
    }
  }
}
