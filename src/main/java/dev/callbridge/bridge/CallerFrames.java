package dev.callbridge.bridge;

import dev.callbridge.call.Ending;
import dev.callbridge.sockets.Uncancelled;
import dev.callbridge.twilio.FromTwilio;
import dev.callbridge.twilio.MediaStreamCodec;
import dev.callbridge.twilio.MediaStreamException;
import io.micrometer.core.instrument.Counter;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.netty.http.websocket.WebsocketInbound;

/// A media socket's frames as messages. A frame that is none is counted and passed over; one after
/// another is not Twilio.
final class CallerFrames {

  private static final int MAX_MALFORMED = 20;

  private final MediaStreamCodec codec;
  private final Counter counter;
  private int malformed;

  CallerFrames(MediaStreamCodec codec, Counter counter) {
    this.codec = codec;
    this.counter = counter;
  }

  /// Goes on reading when it is cancelled, so that the socket can still be closed in words.
  Flux<FromTwilio> of(WebsocketInbound in) {
    return new Uncancelled<>(in.aggregateFrames(MediaStreamHandler.MAX_FRAME_BYTES).receiveFrames())
        .handle(this::read);
  }

  private void read(WebSocketFrame frame, SynchronousSink<FromTwilio> sink) {
    if (frame instanceof TextWebSocketFrame) {
      try {
        sink.next(codec.decode(frame.content()));
        malformed = 0;
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
}
