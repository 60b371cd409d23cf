package dev.callbridge.sandbox.stages;

import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitResult;
import reactor.netty.Connection;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One stage's socket from the vendor's side: JSON in, JSON out in order, each as late as it is
/// told to be.
final class StageWire {

  private static final int MAX_MESSAGE = 4 << 20;
  private static final int MAX_WAITING = 4_096;
  private static final JsonMapper JSON = new JsonMapper();

  private record Sent(String json, Duration pause, int closeCode, Runnable then) {}

  private final SandboxStages stages;
  private final Sinks.Many<Sent> sent =
      Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_WAITING));
  private @Nullable Connection connection;

  StageWire(SandboxStages stages) {
    this.stages = stages;
  }

  static ObjectNode message() {
    return JSON.createObjectNode();
  }

  Publisher<Void> run(WebsocketInbound in, WebsocketOutbound out, Consumer<JsonNode> receive) {
    stages.begun();
    in.withConnection(client -> {
      connection = client;
      client.onDispose(() -> {
        stages.over();
        sent.tryEmitComplete();
      });
    });
    Mono<Void> listening =
        in.aggregateFrames(MAX_MESSAGE)
            .receive()
            .asString()
            .doOnNext(text -> read(text, receive))
            .then();
    Flux<Sent> due =
        sent.asFlux()
            .concatMap(
                message ->
                    message.pause().isZero()
                        ? Mono.just(message)
                        : Mono.delay(message.pause()).thenReturn(message),
                1)
            .doOnNext(message -> message.then().run());
    Mono<Void> sending =
        due.concatMap(
                message ->
                    message.closeCode() == 0
                        ? out.sendObject(new TextWebSocketFrame(message.json())).then()
                        : out.sendClose(message.closeCode(), "closed by the script"),
                1)
            .then();
    return Mono.when(listening.onErrorComplete(), sending.onErrorComplete());
  }

  private void read(String text, Consumer<JsonNode> receive) {
    try {
      receive.accept(JSON.readTree(text));
    } catch (JacksonException e) {
      stages.protocolError("not JSON: " + e.getOriginalMessage());
    }
  }

  void send(ObjectNode message) {
    send(message, Duration.ZERO);
  }

  void send(ObjectNode message, Duration pause) {
    send(message, pause, () -> {});
  }

  /// @param then run once it is on its way
  void send(ObjectNode message, Duration pause, Runnable then) {
    offer(new Sent(message.toString(), pause, 0, then));
  }

  void close(int code) {
    offer(new Sent("", Duration.ZERO, code, () -> {}));
  }

  /// A client that reads too little is left, and that is its fault.
  private void offer(Sent message) {
    if (sent.tryEmitNext(message) == EmitResult.FAIL_OVERFLOW) {
      stages.protocolError("does not read what is sent");
      cut();
    }
  }

  /// Cuts the connection, without a word.
  void cut() {
    if (connection != null) {
      connection.channel().close();
    }
  }
}
