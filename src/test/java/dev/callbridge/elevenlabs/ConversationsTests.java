package dev.callbridge.elevenlabs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.elevenlabs.ConversationException.Kind;
import dev.callbridge.secrets.Secret;
import dev.callbridge.sockets.Reach;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.test.StepVerifier;

/// Whatever is answered, it is told what may be done next, and in time.
final class ConversationsTests {

  private static final Duration SOON = Duration.ofSeconds(15);

  private final AtomicInteger requests = new AtomicInteger();
  private @Nullable DisposableServer server;

  @AfterEach
  void close() {
    if (server != null) {
      server.disposeNow(SOON);
    }
  }

  @Test
  void aConversationIsFetchedByItsId() {
    StepVerifier.create(
            answering(200, "{\"conversation_id\":\"conv_1\",\"status\":\"done\"}").fetch("conv_1"))
        .assertNext(report -> assertThat(report.isFinal()).isTrue())
        .expectComplete()
        .verify(SOON);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "done        | true  | true  | {'role':'agent','tool_calls':[{'tool_name':'end_call','tool_has_been_called':true}]}",
        "failed      | true  | false | {'role':'agent','tool_calls':[{'tool_name':'end_call','tool_has_been_called':false}]}",
        "done        | true  | false | {'role':'agent','tool_calls':[{'tool_name':'take_note','tool_has_been_called':true}]}",
        "processing  | true  | false | {'role':'agent','tool_calls':null,'tool_results':null}",
        "in-progress | false | false | {'role':'user','message':'end_call'}",
        "initiated   | false | false | 7",
        "done        | true  | false | {'role':'agent','tool_calls':[{'tool_name':'end_call','tool_has_been_called':true}],"
            + "'tool_results':[{'tool_name':'end_call','is_error':true}]}",
        "done        | true  | false | {'role':'agent','tool_calls':[{'tool_name':'end_call','tool_has_been_called':true}]},"
            + "{'role':'user'}",
        "done        | true  | false | {'role':'agent','tool_calls':[{'tool_name':'end_call','tool_has_been_called':true}]},"
            + "{'role':'agent','message':'Are you there?'}"
      })
  void onlyTheAgentsOwnToolSaysThatTheAgentEnded(
      String status, boolean isOver, boolean agentEnded, String turns) {
    String body =
        "{'conversation_id':'conv_1','status':'%s','transcript':[%s],"
            + "'metadata':{'termination_reason':'end_call tool was called.'}}";

    StepVerifier.create(
            answering(200, body.formatted(status, turns).replace('\'', '"')).end("conv_1"))
        .assertNext(end -> {
          assertThat(end.isOver()).isEqualTo(isOver);
          assertThat(end.agentEnded()).isEqualTo(agentEnded);
        })
        .expectComplete()
        .verify(SOON);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "404 | NOT_FOUND   | {}",
        "401 | REFUSED     | {\"detail\":{\"status\":\"invalid_api_key\"}}",
        "403 | REFUSED     | {}",
        "302 | REFUSED     | {}",
        "429 | UNAVAILABLE | {}",
        "500 | UNAVAILABLE | <html>",
        "503 | UNAVAILABLE | ''",
        "200 | UNREADABLE  | <html>",
        "200 | UNREADABLE  | ''",
        "200 | UNREADABLE  | {\"conversation_id\":\"conv_2\"}",
        "200 | UNREADABLE  | []"
      })
  void aFailureIsToldByWhatMayBeDoneNext(int status, Kind kind, String body) {
    fails(answering(status, body), "conv_1", kind);
    assertThat(requests).hasValue(1);
  }

  @Test
  void anEndlessAnswerIsNotRead() {
    Flux<String> endless = Flux.range(0, 100_000).map(_ -> "x".repeat(1_000));

    fails(conversations(200, endless, "key"), "conv_1", Kind.UNREADABLE);
  }

  @ParameterizedTest
  @CsvSource({"../agents", "a/b", "'a b'", "a?x=y", "a%2e"})
  void whatIsNoIdIsNotAskedFor(String id) {
    fails(answering(200, "{}"), id, Kind.NOT_FOUND);
    assertThat(requests).hasValue(0);
  }

  @Test
  void withoutAKeyNothingIsAskedFor() {
    fails(conversations(200, Flux.just("{}"), ""), "conv_1", Kind.REFUSED);
    assertThat(requests).hasValue(0);
  }

  private static void fails(Conversations conversations, String id, Kind kind) {
    StepVerifier.create(conversations.fetch(id))
        .expectErrorSatisfies(
            e -> assertThat(((ConversationException) e).kind()).as(e.getMessage()).isEqualTo(kind))
        .verify(SOON);
  }

  private Conversations answering(int status, String body) {
    return conversations(status, Flux.just(body), "key");
  }

  private Conversations conversations(int status, Flux<String> body, String key) {
    server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle((request, response) -> {
              requests.incrementAndGet();
              assertThat(request.uri()).isEqualTo("/v1/convai/conversations/conv_1");
              return response
                  .status(status)
                  .header("Location", "http://stranger.invalid/")
                  .sendString(body)
                  .then()
                  .onErrorResume(_ -> Mono.empty());
            })
            .bindNow(SOON);
    URI url = URI.create("http://127.0.0.1:" + server.port());
    return new Conversations(
        new ElevenLabsSettings(new Secret(key), url, false, Map.of(), List.of()), Reach.usual());
  }
}
