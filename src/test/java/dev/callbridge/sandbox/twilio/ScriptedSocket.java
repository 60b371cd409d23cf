package dev.callbridge.sandbox.twilio;

import static dev.callbridge.sandbox.twilio.ScriptedServer.SOON;
import static dev.callbridge.sandbox.twilio.ScriptedServer.soon;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The server's end of one Media Stream, in a test's hands.
final class ScriptedSocket {
  record Message(long nanos, JsonNode json) {
    String event() {
      return json.path("event").asString();
    }
  }

  private static final JsonMapper JSON = new JsonMapper();

  private final HttpHeaders headers;
  private final List<Message> messages = new CopyOnWriteArrayList<>();
  private final Sinks.Many<Message> received = Sinks.many().replay().all();
  private final Sinks.Many<WebSocketFrame> sent = Sinks.many().unicast().onBackpressureBuffer();
  private final Sinks.One<Channel> channel = Sinks.one();
  private final Sinks.One<Integer> closed = Sinks.one();

  ScriptedSocket(HttpHeaders headers) {
    this.headers = headers;
  }

  Publisher<Void> converse(WebsocketInbound in, WebsocketOutbound out) {
    in.withConnection(connection -> channel.tryEmitValue(connection.channel()));
    in.receiveCloseStatus()
        .map(status -> status.code())
        .defaultIfEmpty(1006)
        .subscribe(closed::tryEmitValue, _ -> closed.tryEmitValue(1006));
    Mono<Void> inbound =
        in.receive()
            .asString()
            .doOnNext(text -> {
              var message = new Message(System.nanoTime(), JSON.readTree(text));
              messages.add(message);
              received.emitNext(message, Sinks.EmitFailureHandler.busyLooping(SOON));
            })
            .then();
    return Mono.when(inbound, out.sendObject(sent.asFlux()).then());
  }

  HttpHeaders headers() {
    return headers;
  }

  List<Message> messages() {
    return messages;
  }

  JsonNode await(Predicate<Message> wanted) {
    return soon(received.asFlux().filter(wanted).next()).json();
  }

  JsonNode await(String event) {
    return await(message -> message.event().equals(event));
  }

  /// The first so many messages of an event.
  List<Message> take(String event, int count) {
    return soon(
        received
            .asFlux()
            .filter(message -> message.event().equals(event))
            .take(count)
            .collectList());
  }

  String streamSid() {
    return await("start").path("streamSid").asString();
  }

  void media(byte[] audio) {
    send(
        "{\"event\":\"media\",\"streamSid\":\"%s\",\"media\":{\"payload\":\"%s\"}}"
            .formatted(streamSid(), Base64.getEncoder().encodeToString(audio)));
  }

  void mark(String name) {
    send(
        "{\"event\":\"mark\",\"streamSid\":\"%s\",\"mark\":{\"name\":\"%s\"}}"
            .formatted(streamSid(), name));
  }

  void clear() {
    send("{\"event\":\"clear\",\"streamSid\":\"%s\"}".formatted(streamSid()));
  }

  void send(String text) {
    emit(new TextWebSocketFrame(text));
  }

  void sendBinary(byte[] bytes) {
    emit(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)));
  }

  void close(int code) {
    emit(new CloseWebSocketFrame(code, "as scripted"));
  }

  /// Breaks the WebSocket protocol: a frame with reserved bits and an unknown opcode.
  void sendGarbage() {
    var channel = channel();
    channel
        .pipeline()
        .context(
            channel.pipeline().names().stream()
                .filter(name -> name.contains("encoder"))
                .findFirst()
                .orElseThrow())
        .writeAndFlush(Unpooled.wrappedBuffer(new byte[] {(byte) 0xFF, 0x02, 0x01, 0x01}));
  }

  void cutConnection() {
    channel().close();
  }

  int closeCode() {
    return soon(closed.asMono());
  }

  private Channel channel() {
    return soon(channel.asMono());
  }

  private void emit(WebSocketFrame frame) {
    sent.emitNext(frame, Sinks.EmitFailureHandler.busyLooping(SOON));
  }
}
