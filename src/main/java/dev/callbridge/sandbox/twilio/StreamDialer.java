package dev.callbridge.sandbox.twilio;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/// Opens the sockets of Media Streams, as Twilio does: signed, without compression or `Origin`.
final class StreamDialer {

  /// A server's messages may be of any size; this is far past any that makes sense.
  private static final int MAX_MESSAGE = 16 * 1024 * 1024;

  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

  /// How long a server may take to answer our close frame before its connection is cut.
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private static final WebSocketCloseStatus NO_CLOSE_FRAME =
      new WebSocketCloseStatus(1006, "no close frame", false);

  private sealed interface Message {}

  private record Text(String text) implements Message {}

  private record Binary(int bytes) implements Message {}

  private final Signature signature;
  private final HttpClient http;
  private final Scheduler scheduler;

  StreamDialer(Signature signature, LoopResources loops, Scheduler scheduler) {
    this.signature = signature;
    this.scheduler = scheduler;
    this.http =
        HttpClient.create(ConnectionProvider.newConnection())
            .runOn(loops)
            .compress(false)
            .disableRetry(true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 5000)
            .responseTimeout(HANDSHAKE_TIMEOUT)
            .doOnConnected(connection -> connection.addHandlerLast(new NoOrigin()));
  }

  /// Dials a stream's server. Whatever comes of it, the stream hears of it.
  ///
  /// @param through host and port to dial, null for those of the URL
  Disposable open(MediaStream stream, @Nullable String through) {
    String url = stream.target().url();
    URI address = URI.create(url);
    return http.headers(headers ->
            headers
                .set("User-Agent", "Twilio.TmeWs/1.0")
                .set("X-Twilio-Signature", signature.sign(url, Map.of())))
        .websocket(
            WebsocketClientSpec.builder()
                .maxFramePayloadLength(MAX_MESSAGE)
                .compress(false)
                .build())
        .uri(through == null ? address : URI.create("ws://" + through + address.getRawPath()))
        .handle((in, _) -> converse(stream, in))
        .next()
        .takeUntilOther(stream.over().then(Mono.delay(CLOSE_TIMEOUT, scheduler)))
        .subscribe(
            status -> stream.serverClosed(status.code(), status.reasonText()),
            error -> report(stream, error),
            () -> stream.serverClosed(1006, "no close frame"));
  }

  private static Mono<WebSocketCloseStatus> converse(MediaStream stream, WebsocketInbound in) {
    in.withConnection(connection -> stream.opened(connection.channel()));
    return in.aggregateFrames(MAX_MESSAGE)
        .receiveFrames()
        .map(StreamDialer::message)
        .concatMap(
            message -> {
              switch (message) {
                case Text(String text) -> stream.received(text);
                case Binary(int bytes) -> stream.receivedBinary(bytes);
              }
              return stream.mayRead();
            },
            1)
        .then(Mono.defer(in::receiveCloseStatus))
        .defaultIfEmpty(NO_CLOSE_FRAME);
  }

  /// The frame's buffer is released when this returns, so what matters is copied out of it.
  private static Message message(WebSocketFrame frame) {
    return frame instanceof TextWebSocketFrame text
        ? new Text(text.text())
        : new Binary(frame.content().readableBytes());
  }

  private static void report(MediaStream stream, Throwable error) {
    String why = error.toString();
    switch (error) {
      case WebSocketHandshakeException _ ->
          stream.failed(31920, "Stream - WebSocket - Handshake Error: " + error.getMessage());
      case CorruptedWebSocketFrameException _ ->
          stream.failed(31924, "Stream - WebSocket - Protocol Error: " + why);
      case ConnectTimeoutException _ ->
          stream.failed(31901, "Stream - WebSocket - Connection Timeout: " + why);
      case ConnectException _ ->
          stream.failed(31902, "Stream - WebSocket - Connection Refused: " + why);
      case SSLException _ ->
          stream.failed(31910, "Stream - WebSocket - SSL Protocol Error: " + why);
      case IOException _ when stream.isOpen() -> stream.serverClosed(1006, why);
      default -> stream.failed(stream.isOpen() ? 31924 : 31920, "Stream - WebSocket: " + why);
    }
  }

  /// Netty's client says where it comes from; Twilio does not.
  private static final class NoOrigin extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (message instanceof HttpRequest request) {
        request.headers().remove(HttpHeaderNames.ORIGIN);
      }
      var _ = context.write(message, promise);
    }
  }
}
