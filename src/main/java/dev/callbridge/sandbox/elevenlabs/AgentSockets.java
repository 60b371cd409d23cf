package dev.callbridge.sandbox.elevenlabs;

import dev.callbridge.sandbox.speech.SpeechClips;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/// The agent socket: who may open it, and the conversation on it.
final class AgentSockets {

  /// Largest message taken from a client, a minute of caller audio in any format.
  static final int MAX_MESSAGE = 4 << 20;

  /// The subprotocol of the vendor's browser client. Others offer none.
  private static final String SUBPROTOCOL = "convai";

  private sealed interface Received {
    record Text(String text) implements Received {}

    record Binary(int bytes) implements Received {}
  }

  private final SpeechClips clips;
  private final AgentVoice voice;
  private final SignedUrls signedUrls;
  private final Ledger ledger;
  private final Sinks.Many<AgentSession> opened;
  private final PostCallWebhooks webhooks;

  /// Of the one event loop, like everything in a conversation.
  private final Set<Conversation> conversations = new LinkedHashSet<>();

  AgentSockets(
      SpeechClips clips,
      SignedUrls signedUrls,
      Ledger ledger,
      Sinks.Many<AgentSession> opened,
      PostCallWebhooks webhooks) {
    this.webhooks = webhooks;
    this.clips = clips;
    this.voice = new AgentVoice(clips);
    this.signedUrls = signedUrls;
    this.ledger = ledger;
    this.opened = opened;
  }

  /// Answers the upgrade, unless the agent or its signature say otherwise.
  Publisher<Void> accept(HttpServerRequest request, HttpServerResponse response) {
    QueryStringDecoder query = new QueryStringDecoder(request.uri());
    String agentId = first(query, "agent_id");
    Optional<AgentBehaviour> found = AgentBehaviour.ofAgent(agentId);
    if (found.isEmpty()) {
      return AgentApi.json(
          response, 404, AgentApi.detail("agent_not_found", "No agent " + agentId));
    }
    AgentBehaviour behaviour = found.get();
    boolean allowed =
        behaviour == AgentBehaviour.PUBLIC
            || signedUrls.redeem(agentId, first(query, "conversation_signature"));
    if (!allowed || behaviour == AgentBehaviour.REJECTS_UPGRADE) {
      return AgentApi.json(
          response, 403, AgentApi.detail("forbidden", "No valid signature for " + agentId));
    }
    if (behaviour == AgentBehaviour.NO_UPGRADE) {
      return Mono.never();
    }
    if (behaviour == AgentBehaviour.REDIRECTS) {
      return response
          .status(302)
          .header(HttpHeaderNames.LOCATION, "http://" + AgentApi.STRANGER + request.uri())
          .send();
    }
    return response
        .header("x-trace-id", id(""))
        .sendWebsocket((in, out) -> converse(agentId, behaviour, in, out), spec(request));
  }

  /// Moves every conversation on. Called on the event loop.
  void tick() {
    long now = System.nanoTime();
    for (Conversation conversation : List.copyOf(conversations)) {
      try {
        conversation.tick(now);
      } catch (RuntimeException e) {
        conversation.crash(e);
      }
    }
  }

  /// The agent of that conversation closes it, at once and without a goodbye. Called on the event
  /// loop.
  void hangUp(String conversationId) {
    conversations.stream()
        .filter(conversation -> conversation.id().equals(conversationId))
        .forEach(Conversation::hangUp);
  }

  /// Breaks every connection. Called on the event loop.
  void drop() {
    List.copyOf(conversations).forEach(Conversation::drop);
  }

  private Publisher<Void> converse(
      String agentId, AgentBehaviour behaviour, WebsocketInbound in, WebsocketOutbound out) {
    AgentSession session = new AgentSession(id("conv_"), agentId, behaviour);
    AgentWire wire = new AgentWire(session);
    Conversation conversation = new Conversation(clips, voice, session, wire, webhooks);
    AtomicInteger clientCode = new AtomicInteger(1006);
    AtomicBoolean gone = new AtomicBoolean();
    in.receiveCloseStatus()
        // What is said here once nothing more comes is our own close frame, not the client's.
        .filter(_ -> !gone.get())
        .map(WebSocketCloseStatus::code)
        .subscribe(clientCode::set, e -> session.note("closed", e.toString()));
    in.withConnection(connection -> {
      wire.attach(connection);
      connection.onDispose(() -> {
        conversations.remove(conversation);
        wire.finish();
        session.ended(wire.closeCodeOr(clientCode.get()), !wire.isOver());
        ledger.ended(session);
        webhooks.ended(session);
      });
    });
    ledger.add(session);
    conversations.add(conversation);
    opened.tryEmitNext(session);
    // Frames are copied before they may wait: their buffers are released when the operator returns.
    Mono<Void> listening =
        in.aggregateFrames(MAX_MESSAGE)
            .receiveFrames()
            .map(AgentSockets::copy)
            .concatMap(received -> pass(received, conversation, wire), 1)
            .then()
            .doFinally(_ -> {
              gone.set(true);
              wire.finish();
            });
    return Mono.when(listening.onErrorComplete(), wire.writeTo(out).onErrorComplete());
  }

  /// Completes when the next message may be read: never, once the agent has stalled.
  private static Mono<Void> pass(Received received, Conversation conversation, AgentWire wire) {
    try {
      switch (received) {
        case Received.Text(String text) -> conversation.receive(text);
        case Received.Binary(int bytes) -> conversation.receiveBinary(bytes);
      }
    } catch (RuntimeException e) {
      conversation.crash(e);
    }
    return wire.isStalled() ? Mono.never() : Mono.empty();
  }

  private static Received copy(WebSocketFrame frame) {
    return switch (frame) {
      case TextWebSocketFrame text -> new Received.Text(text.text());
      case BinaryWebSocketFrame binary -> new Received.Binary(binary.content().readableBytes());
      default -> new Received.Binary(frame.content().readableBytes());
    };
  }

  /// Reactor Netty runs no handler when it supports subprotocols and the client offers none of
  /// them.
  private static WebsocketServerSpec spec(HttpServerRequest request) {
    WebsocketServerSpec.Builder spec =
        WebsocketServerSpec.builder().maxFramePayloadLength(MAX_MESSAGE);
    String offered = request.requestHeaders().get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, "");
    return offered.contains(SUBPROTOCOL) ? spec.protocols(SUBPROTOCOL).build() : spec.build();
  }

  private static String first(QueryStringDecoder query, String name) {
    return query.parameters().getOrDefault(name, List.of("")).getFirst();
  }

  private static String id(String prefix) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return "%s%016x%016x".formatted(prefix, random.nextLong(), random.nextLong());
  }
}
