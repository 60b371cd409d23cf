package dev.callbridge.speech;

import dev.callbridge.agent.AgentException;
import dev.callbridge.secrets.Secret;
import dev.callbridge.sockets.Uncancelled;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;
import reactor.netty.resources.ConnectionProvider;

/// One stage's socket: opened when it is subscribed to, closed however that ends, watched in
/// between. What goes wrong is an [AgentException] whose reason begins with the stage.
///
/// @param stage `stt` or `tts`
record StageSocket(String stage, Secret apiKey) {

  private static final int MAX_FRAME_BYTES = 4 * 1024 * 1024;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration UPGRADE_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration PING_INTERVAL = Duration.ofSeconds(4);

  /// Not a frame in this long, our pings unanswered: nobody is there.
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);
  private static final Pattern STATUS = Pattern.compile("\\b([1-5]\\d\\d)\\b");
  private static final Logger LOG = LoggerFactory.getLogger(StageSocket.class);

  private static final HttpClient SOCKETS =
      HttpClient.create(ConnectionProvider.newConnection())
          .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(CONNECT_TIMEOUT.toMillis()))
          .option(ChannelOption.TCP_NODELAY, true);

  /// @param messages JSON, sent as the socket takes them. Their end is not the socket's
  /// @param read says what a message from there means; demand from downstream reaches the socket
  /// @param opened comes first, as soon as the socket is there
  @SafeVarargs
  final <T> Flux<T> exchange(
      URI url, Flux<byte[]> messages, BiConsumer<ByteBuf, SynchronousSink<T>> read, T... opened) {
    return Flux.deferContextual(context -> {
      HttpClient client =
          context.<EventLoop>getOrEmpty(EventLoop.class).map(SOCKETS::runOn).orElse(SOCKETS);
      return Flux.usingWhen(
          open(client, url),
          connection -> Flux.fromArray(opened).concatWith(talk(connection, messages, read)),
          StageSocket::close,
          (connection, _) -> close(connection),
          StageSocket::close);
    });
  }

  private Mono<Connection> open(HttpClient client, URI url) {
    return client
        .headers(headers -> headers.set("xi-api-key", apiKey.value()))
        .websocket(
            WebsocketClientSpec.builder()
                .maxFramePayloadLength(MAX_FRAME_BYTES)
                .compress(false)
                .build())
        .uri(url.toString())
        .connect()
        .cast(Connection.class)
        .timeout(CONNECT_TIMEOUT.plus(UPGRADE_TIMEOUT))
        .onErrorMap(e -> new AgentException(stage + "_" + unreached(e)));
  }

  private <T> Flux<T> talk(
      Connection connection, Flux<byte[]> messages, BiConsumer<ByteBuf, SynchronousSink<T>> read) {
    WebsocketInbound in = (WebsocketInbound) connection.inbound();
    WebsocketOutbound out = (WebsocketOutbound) connection.outbound();
    Flux<WebSocketFrame> heartbeat =
        Flux.interval(PING_INTERVAL).onBackpressureDrop().map(_ -> new PingWebSocketFrame());
    Flux<WebSocketFrame> texts =
        messages.map(json -> new TextWebSocketFrame(Unpooled.wrappedBuffer(json)));
    Mono<Void> sending =
        out.sendObject(Flux.merge(texts, heartbeat))
            .then()
            // A socket that the other side closed: only its close says how it ended.
            .onErrorComplete(e -> e instanceof IOException || e instanceof AbortedException)
            .then(Mono.never());
    return new Uncancelled<>(in.aggregateFrames(MAX_FRAME_BYTES).receiveFrames())
        .<T>handle((frame, sink) -> {
          if (frame instanceof TextWebSocketFrame) {
            read.accept(frame.content(), sink);
          }
        })
        .concatWith(Mono.defer(() -> ending(in)))
        .takeUntilOther(Mono.firstWithSignal(sending, silence(connection)))
        .onErrorMap(e -> !(e instanceof AgentException), e -> new AgentException(lost(e)));
  }

  private Mono<Void> silence(Connection connection) {
    return Mono.create(sink ->
        connection.onReadIdle(
            SILENCE.toMillis(), () -> sink.error(new AgentException(stage + "_silent"))));
  }

  /// A stage never has reason to close while there is a call.
  private <T> Mono<T> ending(WebsocketInbound in) {
    return in.receiveCloseStatus()
        .timeout(CLOSE_TIMEOUT, Mono.just(WebSocketCloseStatus.ABNORMAL_CLOSURE))
        .defaultIfEmpty(WebSocketCloseStatus.ABNORMAL_CLOSURE)
        .flatMap(status ->
            Mono.error(() ->
                new AgentException(
                    status.code() == WebSocketCloseStatus.ABNORMAL_CLOSURE.code()
                        ? stage + "_lost"
                        : stage + "_closed_" + status.code())));
  }

  private static Mono<Void> close(Connection connection) {
    return ((WebsocketOutbound) connection.outbound())
        .sendClose(1000, "hung up")
        .then(connection.onDispose())
        .timeout(CLOSE_TIMEOUT)
        // It is closed either way.
        .onErrorComplete()
        .doFinally(_ -> connection.dispose());
  }

  private String lost(Throwable e) {
    if (!(e instanceof IOException || e instanceof AbortedException)) {
      LOG.warn("the {} socket failed", stage, e);
    }
    return stage + "_lost";
  }

  /// Only the kind: messages hold the whole URL.
  private static String unreached(Throwable e) {
    return switch (e) {
      case TimeoutException _, ConnectTimeoutException _ -> "timeout";
      case ConnectException _ -> "unreachable";
      case WebSocketClientHandshakeException refused -> {
        Matcher status = STATUS.matcher(String.valueOf(refused.getMessage()));
        yield "upgrade_" + (status.find() ? status.group(1) : "refused");
      }
      default -> "unreachable";
    };
  }
}
