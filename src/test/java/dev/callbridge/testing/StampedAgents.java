package dev.callbridge.testing;

import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An ElevenLabs that only relays: each agent says its script, event by event, calls its tools
/// meanwhile, and writes down what it hears and is answered. A conversation is told by its caller's
/// number.
public final class StampedAgents implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();

  private final Map<String, Conversation> conversations = new ConcurrentHashMap<>();
  private final Function<String, Flux<String>> script;
  private final Function<String, Flux<ToolCall>> tools;
  private final DisposableServer server;

  /// @param name the tool's; it is called without arguments
  public record ToolCall(String id, String name) {}

  /// @param after from when it was called
  public record ToolAnswer(String id, boolean isError, String text, Duration after) {}

  private record Conversation(
      List<String> heard, Map<String, Long> called, List<ToolAnswer> answers) {
    Conversation() {
      this(new CopyOnWriteArrayList<>(), new ConcurrentHashMap<>(), new CopyOnWriteArrayList<>());
    }
  }

  private StampedAgents(
      Function<String, Flux<String>> script, Function<String, Flux<ToolCall>> tools) {
    this.script = script;
    this.tools = tools;
    this.server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .route(routes ->
                routes
                    .get(
                        "/v1/convai/conversation/get-signed-url",
                        (_, response) -> response.sendString(Mono.fromSupplier(this::signedUrl)))
                    .ws("/v1/convai/conversation", this::converse))
            .bindNow(Callbridge.SOON);
  }

  /// @param script what to say to the caller of that number, in base64
  /// @param tools what to call in the conversation with that caller
  public static StampedAgents saying(
      Function<String, Flux<String>> script, Function<String, Flux<ToolCall>> tools) {
    return new StampedAgents(script, tools);
  }

  public String url() {
    return "http://127.0.0.1:" + server.port();
  }

  /// What was heard from that caller, in base64 as it came.
  public List<String> heardFrom(String number) {
    return List.copyOf(with(number).heard());
  }

  /// What the tools of the conversation with that caller were answered, in that order.
  public List<ToolAnswer> answersIn(String number) {
    return List.copyOf(with(number).answers());
  }

  private Conversation with(String number) {
    return conversations.computeIfAbsent(number, _ -> new Conversation());
  }

  private String signedUrl() {
    return "{\"signed_url\":\"ws://127.0.0.1:" + server.port() + "/v1/convai/conversation\"}";
  }

  private Publisher<Void> converse(WebsocketInbound in, WebsocketOutbound out) {
    Sinks.One<String> caller = Sinks.one();
    Flux<String> speech =
        caller
            .asMono()
            .flatMapMany(number -> Flux.concat(Mono.just(metadata(number)), said(number)));
    Mono<Void> listening =
        in.aggregateFrames(1 << 20)
            .receiveFrames()
            .ofType(TextWebSocketFrame.class)
            .map(frame -> JSON.readTree(frame.text()))
            .switchOnFirst((first, messages) -> {
              String number =
                  first.hasValue() && first.get() != null ? number(first.get()) : "nobody";
              Conversation conversation = new Conversation();
              conversations.put(number, conversation);
              caller.tryEmitValue(number);
              return messages.doOnNext(message -> hear(message, conversation));
            })
            .then();
    return Mono.firstWithSignal(listening, out.sendString(speech).then().then(Mono.never()));
  }

  private Flux<String> said(String number) {
    return Flux.merge(
        script.apply(number).index((i, payload) -> audio(i + 1, payload)),
        tools
            .apply(number)
            .doOnNext(call -> with(number).called().put(call.id(), System.nanoTime()))
            .map(StampedAgents::toolCall));
  }

  private static String number(JsonNode initiation) {
    return initiation.path("dynamic_variables").path("caller_number").asString("");
  }

  private static void hear(JsonNode message, Conversation conversation) {
    if (message.has("user_audio_chunk")) {
      conversation.heard().add(message.path("user_audio_chunk").asString(""));
    } else if (message.path("type").asString("").equals("client_tool_result")) {
      String id = message.path("tool_call_id").asString("");
      long called = conversation.called().getOrDefault(id, 0L);
      conversation
          .answers()
          .add(
              new ToolAnswer(
                  id,
                  message.path("is_error").asBoolean(false),
                  message.path("result").asString(""),
                  Duration.ofNanos(System.nanoTime() - called)));
    }
  }

  private static String metadata(String number) {
    return """
    {"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":{\
    "conversation_id":"conv_%s","agent_output_audio_format":"ulaw_8000",\
    "user_input_audio_format":"ulaw_8000"}}\
    """
        .formatted(number.substring(1));
  }

  private static String audio(long eventId, String payload) {
    return """
    {"type":"audio","audio_event":{"audio_base_64":"%s","event_id":%d}}\
    """
        .formatted(payload, eventId);
  }

  private static String toolCall(ToolCall call) {
    return """
    {"type":"client_tool_call","client_tool_call":{"tool_name":"%s","tool_call_id":"%s","parameters":{}}}\
    """
        .formatted(call.name(), call.id());
  }

  @Override
  public void close() {
    server.disposeNow(Callbridge.SOON);
  }
}
