package dev.callbridge.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Speech-to-text, a language model and text-to-speech that take a known time, and measure how long
/// they truly took. What they say names the call and its turn.
final class Stages implements AutoCloseable {

  private static final Duration COMMIT = Duration.ofMillis(300);
  private static final Duration FIRST_TOKEN = Duration.ofMillis(200);
  private static final Duration FIRST_AUDIO = Duration.ofMillis(150);

  /// 400 ms.
  private static final int SPEECH_BYTES = 3_200;

  private static final Pattern TURN = Pattern.compile("(\\d+) and (\\d+)");
  private static final JsonMapper JSON = JsonMapper.shared();

  private final AtomicInteger listeners = new AtomicInteger();

  /// Nanoseconds that the stages have had a turn for, by call and turn.
  private final Map<String, Long> spent = new ConcurrentHashMap<>();

  private final DisposableServer server =
      HttpServer.create()
          .host("127.0.0.1")
          .port(0)
          .route(routes ->
              routes
                  .get(
                      "/v1/speech-to-text/realtime",
                      (_, response) -> response.sendWebsocket(this::listen))
                  .get(
                      "/v1/text-to-speech/{voice}/multi-stream-input",
                      (_, response) -> response.sendWebsocket(this::speak))
                  .post("/v1/chat/completions", this::think)
                  .post(
                      "/2010-04-01/Accounts/{account}/Calls/{call}",
                      (_, response) -> response.sendString(Mono.just("{}"))))
          .bindNow();

  int port() {
    return server.port();
  }

  /// @return how long the three of them took over it; null when one was not asked
  @Nullable Long takeSpent(String turn) {
    return spent.remove(turn);
  }

  /// What is loud is speech; so long after the last of it the words are committed.
  private Publisher<Void> listen(WebsocketInbound in, WebsocketOutbound out) {
    int listener = listeners.getAndIncrement();
    Sinks.Many<String> toRelay = Sinks.many().unicast().onBackpressureBuffer();
    toRelay.tryEmitNext("{\"message_type\":\"session_started\",\"session_id\":\"s\"}");
    AtomicInteger turns = new AtomicInteger();
    Flux<Long> speech =
        in.receive()
            .asString()
            .filter(message -> message.contains("\"" + TurnCaller.LOUD))
            .map(_ -> System.nanoTime());
    Flux<String> commits =
        speech
            .switchMap(last -> Mono.delay(COMMIT).thenReturn(last))
            .map(last -> {
              String turn = listener + " and " + turns.incrementAndGet();
              spend(turn, last);
              return "{\"message_type\":\"committed_transcript\",\"text\":\"This is "
                  + turn
                  + "\"}";
            });
    return out.sendString(Flux.merge(toRelay.asFlux(), commits), UTF_8).then();
  }

  private Publisher<Void> think(HttpServerRequest request, HttpServerResponse response) {
    Flux<String> answer =
        request
            .receive()
            .aggregate()
            .asString()
            .map(JSON::readTree)
            .flatMapMany(asked -> {
              long came = System.nanoTime();
              String turn = turn(last(asked.path("messages")));
              return Mono.delay(FIRST_TOKEN)
                  .thenMany(
                      Flux.defer(() -> {
                        spend(turn, came);
                        return Flux.just(
                            data(
                                "{\"choices\":[{\"delta\":{\"content\":\"That was "
                                    + turn
                                    + ". \"}}]}"),
                            data("{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}"),
                            data("[DONE]"));
                      }));
            });
    return response.sse().sendString(answer, UTF_8).then();
  }

  private Publisher<Void> speak(WebsocketInbound in, WebsocketOutbound out) {
    Flux<String> speech =
        in.receive()
            .asString()
            .map(JSON::readTree)
            .flatMap(message -> {
              long came = System.nanoTime();
              String context = message.path("context_id").asString("");
              String text = message.path("text").asString("");
              Mono<String> audio =
                  text.isBlank()
                      ? Mono.empty()
                      : Mono.delay(FIRST_AUDIO)
                          .map(_ -> {
                            spend(turn(text), came);
                            return sound(context, turn(text));
                          });
              Mono<String> end =
                  message.path("close_context").asBoolean(false)
                      ? Mono.delay(FIRST_AUDIO.multipliedBy(2))
                          .map(_ -> "{\"contextId\":\"" + context + "\",\"isFinal\":true}")
                      : Mono.empty();
              return audio.concatWith(end);
            });
    return out.sendString(speech, UTF_8).then();
  }

  /// Says in its first bytes which turn it answers.
  private static String sound(String context, String turn) {
    byte[] speech = Arrays.copyOf(turn.getBytes(UTF_8), SPEECH_BYTES);
    return "{\"audio\":\"%s\",\"contextId\":\"%s\"}"
        .formatted(Base64.getEncoder().encodeToString(speech), context);
  }

  private void spend(String turn, long since) {
    spent.merge(turn, System.nanoTime() - since, Long::sum);
  }

  private static String last(JsonNode messages) {
    return messages.isEmpty() ? "" : messages.get(messages.size() - 1).path("content").asString("");
  }

  private static String turn(String text) {
    Matcher turn = TURN.matcher(text);
    return turn.find() ? turn.group() : "";
  }

  private static String data(String json) {
    return "data: " + json + "\n\n";
  }

  @Override
  public void close() {
    server.disposeNow();
  }
}
