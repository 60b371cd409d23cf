package dev.callbridge.sandbox.elevenlabs;

import dev.callbridge.sockets.LingeringClose;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.http.websocket.WebsocketOutbound;
import reactor.util.concurrent.Queues;

/// The agent's end of one socket: numbers its events, writes them in order, closes or breaks it.
///
/// Used on the one event loop only.
final class AgentWire {

  /// Events that may wait for a client that does not read: four minutes of speech. Past it the
  /// connection is reset.
  static final int MAX_WAITING = 1_024;

  /// What an agent sends unless the client asks for other events.
  static final Set<String> USUAL_EVENTS =
      Set.of(
          "conversation_initiation_metadata",
          "ping",
          "audio",
          "interruption",
          "user_transcript",
          "agent_response",
          "agent_response_correction",
          "client_tool_call",
          "agent_tool_response");

  private static final Set<String> ALWAYS = Set.of("conversation_initiation_metadata", "error");

  sealed interface Outgoing {
    record Text(String json) implements Outgoing {}

    @SuppressWarnings("ArrayRecordComponent")
    record Binary(byte[] bytes) implements Outgoing {}
  }

  private final AgentSession ledger;
  private final Sinks.Many<Outgoing> outgoing =
      Sinks.many().unicast().onBackpressureBuffer(Queues.<Outgoing>get(MAX_WAITING).get());

  private Set<String> clientEvents = USUAL_EVENTS;
  private int nextEventId;
  private @Nullable Connection connection;
  private @Nullable Integer closeCode;
  private String closeReason = "";
  private boolean stalled;

  /// The client is gone: what the agent would say or do now is too late to be the end.
  private boolean isAlone;

  AgentWire(AgentSession ledger) {
    this.ledger = ledger;
  }

  void attach(Connection opened) {
    connection = opened;
    // The caller's voice still comes in when the agent closes: its close frame is to arrive.
    opened.channel().pipeline().addFirst(new LingeringClose());
  }

  void clientEvents(Set<String> asked) {
    clientEvents = Set.copyOf(asked);
  }

  boolean sends(String type) {
    return clientEvents.contains(type) || ALWAYS.contains(type);
  }

  int nextEventId() {
    return nextEventId++;
  }

  /// Sends a message unless the client did not ask for its type.
  void send(String type, String json, String detail) {
    if (sends(type)) {
      sendAnyway(new Outgoing.Text(json), type, detail);
    }
  }

  void sendAnyway(Outgoing message, String kind, String detail) {
    if (isOver() || stalled || isAlone) {
      return;
    }
    if (outgoing.tryEmitNext(message).isSuccess()) {
      ledger.note("sent " + kind, detail);
    } else {
      ledger.note("gave up", "the client does not read");
      reset();
    }
  }

  /// Closes once everything sent before is written.
  void close(int code, String reason) {
    if (!isOver() && !isAlone) {
      closeCode = code;
      closeReason = reason;
      outgoing.tryEmitComplete();
    }
  }

  /// Breaks the connection with a TCP reset.
  void reset() {
    if (closeCode == null && !isAlone) {
      closeCode = 1006;
    }
    if (connection != null && connection.channel().isOpen()) {
      connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
      // Past the pipeline's handlers: nothing may be flushed or said on the way out.
      connection.channel().unsafe().close(connection.channel().voidPromise());
    }
  }

  /// Neither reads nor writes from now on, and does not close either.
  void stall() {
    stalled = true;
    if (connection != null) {
      connection.channel().config().setAutoRead(false);
    }
  }

  boolean isStalled() {
    return stalled;
  }

  /// Whether the agent has ended it, or is about to.
  boolean isOver() {
    return closeCode != null;
  }

  int closeCodeOr(int otherwise) {
    return closeCode != null ? closeCode : otherwise;
  }

  /// The client is gone: nothing more to write.
  void finish() {
    isAlone = true;
    outgoing.tryEmitComplete();
  }

  /// Writes everything sent, then closes. Completes when the close frame is written.
  Mono<Void> writeTo(WebsocketOutbound out) {
    Flux<WebSocketFrame> frames = outgoing.asFlux().map(AgentWire::frame);
    return out.sendObject(frames)
        .then()
        .then(Mono.defer(() -> out.sendClose(closeCodeOr(1000), closeReason)));
  }

  private static WebSocketFrame frame(Outgoing message) {
    return switch (message) {
      case Outgoing.Text(String json) -> new TextWebSocketFrame(json);
      case Outgoing.Binary(byte[] bytes) -> new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes));
    };
  }
}
