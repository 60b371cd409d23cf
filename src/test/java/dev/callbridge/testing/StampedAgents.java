package dev.callbridge.testing;

import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
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

/// An ElevenLabs that only relays: each agent says its script, event by event, and writes down what
/// it hears. A conversation is told by its caller's number.
public final class StampedAgents implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();

  private final Map<String, List<String>> heard = new ConcurrentHashMap<>();
  private final Function<String, Flux<String>> script;
  private final DisposableServer server;

  private StampedAgents(Function<String, Flux<String>> script) {
    this.script = script;
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
  public static StampedAgents saying(Function<String, Flux<String>> script) {
    return new StampedAgents(script);
  }

  public String url() {
    return "http://127.0.0.1:" + server.port();
  }

  /// What was heard from that caller, in base64 as it came.
  public List<String> heardFrom(String number) {
    return List.copyOf(heard.getOrDefault(number, List.of()));
  }

  private String signedUrl() {
    return "{\"signed_url\":\"ws://127.0.0.1:" + server.port() + "/v1/convai/conversation\"}";
  }

  private Publisher<Void> converse(WebsocketInbound in, WebsocketOutbound out) {
    Sinks.One<String> caller = Sinks.one();
    List<String> words = new CopyOnWriteArrayList<>();
    Flux<String> speech =
        caller
            .asMono()
            .flatMapMany(number ->
                Flux.concat(
                    Mono.just(metadata(number)),
                    script.apply(number).index((i, payload) -> audio(i + 1, payload))));
    Mono<Void> listening =
        in.aggregateFrames(1 << 20)
            .receiveFrames()
            .ofType(TextWebSocketFrame.class)
            .map(frame -> JSON.readTree(frame.text()))
            .doOnNext(message -> hear(message, caller, words))
            .then();
    return Mono.firstWithSignal(listening, out.sendString(speech).then().then(Mono.never()));
  }

  private void hear(JsonNode message, Sinks.One<String> caller, List<String> words) {
    String number = message.path("dynamic_variables").path("caller_number").asString("");
    if (!number.isEmpty()) {
      heard.put(number, words);
      caller.tryEmitValue(number);
    } else if (message.has("user_audio_chunk")) {
      words.add(message.path("user_audio_chunk").asString(""));
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

  @Override
  public void close() {
    server.disposeNow(Callbridge.SOON);
  }
}
