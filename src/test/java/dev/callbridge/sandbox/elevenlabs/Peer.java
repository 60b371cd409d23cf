package dev.callbridge.sandbox.elevenlabs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.callbridge.sandbox.speech.Mulaw;
import dev.callbridge.sandbox.speech.SpeechClips;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A plain client of the agent socket: keeps every message, answers pings unless told otherwise.
final class Peer implements AutoCloseable {

  static final Duration SOON = Duration.ofSeconds(10);

  private static final JsonMapper JSON = new JsonMapper();
  private static final WebsocketClientSpec SPEC =
      WebsocketClientSpec.builder().maxFramePayloadLength(32 << 20).build();

  private final Sinks.Many<JsonNode> received = Sinks.many().replay().all();
  private final List<String> odd = new CopyOnWriteArrayList<>();
  private final Sinks.Many<String> outgoing = Sinks.many().unicast().onBackpressureBuffer();
  private final Sinks.One<Integer> closed = Sinks.one();
  private final Disposable connection;
  private volatile boolean answersPings = true;
  private volatile @Nullable SocketChannel channel;

  private Peer(String url) {
    connection =
        HttpClient.create()
            .websocket(SPEC)
            .uri(URI.create(url))
            .handle((in, out) -> {
              in.receiveCloseStatus()
                  .map(WebSocketCloseStatus::code)
                  .subscribe(closed::tryEmitValue);
              in.withConnection(c -> {
                channel = (SocketChannel) c.channel();
                c.onDispose(() -> closed.tryEmitValue(1006));
              });
              Mono<Void> reading =
                  in.aggregateFrames(32 << 20)
                      .receiveFrames()
                      .doOnNext(frame -> {
                        if (frame instanceof TextWebSocketFrame text) {
                          received(text.text());
                        } else if (frame instanceof BinaryWebSocketFrame) {
                          odd.add("binary");
                        }
                      })
                      .then();
              Mono<Void> writing =
                  out.sendString(outgoing.asFlux(), UTF_8)
                      .then()
                      .then(Mono.defer(() -> out.sendClose(1000, "")));
              return Mono.firstWithSignal(reading, writing.then(Mono.never()))
                  .doFinally(_ -> outgoing.tryEmitComplete());
            })
            .subscribe(_ -> {}, _ -> closed.tryEmitValue(1006), () -> closed.tryEmitValue(1006));
  }

  static Peer open(String url) {
    return new Peer(url);
  }

  /// Opens a session with this agent and begins the conversation.
  static Peer begin(SandboxElevenLabs elevenLabs, AgentBehaviour behaviour) {
    Peer peer = open(signedUrl(elevenLabs, behaviour.agentId()));
    return peer.send("{\"type\":\"conversation_initiation_client_data\"}");
  }

  static String signedUrl(SandboxElevenLabs elevenLabs, String agentId) {
    String body =
        HttpClient.create()
            .headers(headers -> headers.set("xi-api-key", "key"))
            .get()
            .uri(elevenLabs.url() + "/v1/convai/conversation/get-signed-url?agent_id=" + agentId)
            .responseContent()
            .aggregate()
            .asString()
            .block(SOON);
    return JSON.readTree(body).required("signed_url").asString();
  }

  private void received(String text) {
    JsonNode message;
    try {
      message = JSON.readTree(text);
    } catch (JacksonException _) {
      odd.add(text);
      return;
    }
    if (!message.path("type").isString()) {
      odd.add(text);
      return;
    }
    received.tryEmitNext(message);
    JsonNode ping = message.path("ping_event").path("event_id");
    if (answersPings && ping.isInt()) {
      send("{\"type\":\"pong\",\"event_id\":" + ping.intValue() + "}");
    }
  }

  Peer withoutPongs() {
    answersPings = false;
    return this;
  }

  Peer send(String json) {
    synchronized (outgoing) {
      outgoing.tryEmitNext(json);
    }
    return this;
  }

  Peer audio(byte[] audio) {
    String base64 = Base64.getEncoder().encodeToString(audio);
    return send("{\"user_audio_chunk\":\"" + base64 + "\"}");
  }

  /// Says it at once in 20 ms frames, with the silence that ends a turn: the agent counts audio.
  Peer says(String clip) {
    byte[] ulaw = SpeechClips.load().clip(clip).ulaw();
    byte[] turn = Arrays.copyOf(ulaw, (ulaw.length / 160 + 1) * 160 + 600 * 8);
    Arrays.fill(turn, ulaw.length, turn.length, Mulaw.SILENCE);
    return frames(turn);
  }

  Peer frames(byte[] ulaw) {
    for (int at = 0; at < ulaw.length; at += 160) {
      audio(Arrays.copyOfRange(ulaw, at, Math.min(at + 160, ulaw.length)));
    }
    return this;
  }

  Flux<JsonNode> messages() {
    return received.asFlux();
  }

  JsonNode await(Predicate<JsonNode> which) {
    return Objects.requireNonNull(messages().filter(which).blockFirst(SOON));
  }

  JsonNode await(String type) {
    return await(message -> type(message).equals(type));
  }

  /// Waits until the agent announces this text.
  JsonNode awaitSaying(String text) {
    return await(
        m -> m.path("agent_response_event").path("agent_response").asString("").equals(text));
  }

  /// Everything up to and including the first of this type.
  List<JsonNode> until(String type) {
    return Objects.requireNonNull(
        messages().takeUntil(m -> type(m).equals(type)).collectList().block(SOON));
  }

  List<JsonNode> soFar() {
    List<JsonNode> messages = new ArrayList<>();
    messages().subscribe(messages::add).dispose();
    return messages;
  }

  List<JsonNode> soFar(String type) {
    return soFar().stream().filter(m -> type(m).equals(type)).toList();
  }

  /// What came that was no message: not JSON, binary, or without a type.
  List<String> odd() {
    return odd;
  }

  @Nullable Integer closeCode() {
    return closed.asMono().block(SOON);
  }

  void hangUp() {
    synchronized (outgoing) {
      outgoing.tryEmitComplete();
    }
  }

  /// As a process that is killed: the connection is reset, without a close frame.
  void vanish() {
    SocketChannel open = Objects.requireNonNull(channel);
    open.eventLoop()
        .execute(() -> {
          open.config().setSoLinger(0);
          open.unsafe().close(open.voidPromise());
        });
  }

  static String type(JsonNode message) {
    return message.path("type").asString("");
  }

  @Override
  public void close() {
    connection.dispose();
  }
}
