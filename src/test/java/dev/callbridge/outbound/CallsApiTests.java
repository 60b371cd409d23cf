package dev.callbridge.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.CallState;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.Direction;
import dev.callbridge.call.EndedBy;
import dev.callbridge.call.Outcome;
import dev.callbridge.requests.Bodies;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Calls placed through the API, as a customer's program does it.
@CallbridgeTest
final class CallsApiTests {

  private final Callbridge callbridge;
  private final Api api;
  private final CallStore calls;

  CallsApiTests(@Autowired Callbridge callbridge, @Autowired CallStore calls) {
    this.callbridge = callbridge;
    this.calls = calls;
    this.api = new Api(callbridge.settings());
  }

  @Test
  void aCallIsPlacedHeldAndToldTheTruthOf() {
    Api.Answer placed =
        api.place(
            """
            {"to":"+15550002000","variables":{"name":"John"},"metadata":{"order":[1,2]}}\
            """);
    assertThat(placed.status()).isEqualTo(202);
    assertThat(placed.http().headers().firstValue("Location"))
        .contains("/api/v1/calls/" + placed.id());

    callbridge.await(placed.id(), Call::isOver);

    Api.Answer call = api.get("/api/v1/calls/" + placed.id());
    assertThat(call.get("/state")).isEqualTo("ENDED");
    assertThat(call.get("/outcome")).isEqualTo("COMPLETED");
    assertThat(call.get("/direction")).isEqualTo("OUTBOUND");
    assertThat(call.get("/variables/name")).isEqualTo("John");
    assertThat(call.get("/metadata/order/1")).isEqualTo("2");
    assertThat(call.get("/twilioCallSid")).startsWith("CA");
    assertThat(call.get("/conversationId")).startsWith("conv_");
    assertThat(
            List.of(
                call.get("/timings/created"),
                call.get("/timings/ringing"),
                call.get("/timings/answered"),
                call.get("/timings/agentConnected"),
                call.get("/timings/firstAgentAudio"),
                call.get("/timings/ended")))
        .allMatch(at -> at.endsWith("Z"))
        .isSorted();
    Api.Answer transcript = api.get(call.get("/_links/transcript"));
    assertThat(transcript.get("/turns/0/role")).isEqualTo("AGENT");
    assertThat(transcript.json().path("turns").size()).isGreaterThan(2);
    assertThat(api.get(call.get("/_links/events")).body()).contains("FIRST_AGENT_AUDIO");
    assertThat(dialled("+15550002000")).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "+15550002001, BUSY, CARRIER, busy",
    "+15550002002, NO_ANSWER, CARRIER, no_answer",
    "+15550002003, FAILED_DIAL, CARRIER, ''",
    "+15550002013, FAILED_DIAL, CARRIER, twilio_21211"
  })
  void aCallThatDoesNotComeAboutSaysWhy(String to, Outcome outcome, EndedBy by, String reason) {
    Api.Answer placed = api.place("{\"to\":\"" + to + "\",\"ringTimeoutSeconds\":10}");

    Call call = callbridge.await(placed.id(), Call::isOver);

    assertThat(call.truth().outcome()).isEqualTo(outcome);
    assertThat(call.truth().endedBy()).isEqualTo(by);
    assertThat(call.truth().reason()).contains(reason);
    assertThat(call.truth().conversationId()).isNull();
  }

  @Test
  void anAmbiguousAnswerIsNeverAskedAgainAndTheCallIsFoundByItsCallbacks() {
    int before = dialled("+15550002011").size();
    Api.Answer placed = api.place("{\"to\":\"+15550002011\"}");

    Call bound = callbridge.await(placed.id(), call -> call.truth().twilioCallSid() != null);
    assertThat(bound.truth().state()).isGreaterThan(CallState.UNCONFIRMED);
    Callbridge.eventually(
        () ->
            callbridge.events(placed.id()).stream()
                .anyMatch(event -> event.kind() == CallEvent.Kind.DIAL_UNCONFIRMED),
        "not told to be unconfirmed");
    assertThat(dialled("+15550002011")).hasSize(before + 1);

    api.delete("/api/v1/calls/" + placed.id());
    callbridge.await(placed.id(), Call::isOver);
  }

  @Test
  void whatWasNeverPlacedStaysUnconfirmed() {
    Api.Answer placed = api.place("{\"to\":\"+15550002015\"}");

    Call call = callbridge.await(placed.id(), it -> it.truth().state() == CallState.UNCONFIRMED);

    assertThat(call.truth().outcome()).isNull();
    assertThat(dialled("+15550002015")).isEmpty();
  }

  @Test
  void aHundredAtOnceWithOneKeyAreOneCall() {
    int before = dialled("+15550002001").size();
    String key = UUID.randomUUID().toString();
    String body = "{\"to\":\"+15550002001\"}";

    List<Api.Answer> answers =
        Objects.requireNonNull(
            Flux.fromStream(IntStream.range(0, 100).boxed())
                .flatMap(
                    _ ->
                        Mono.fromCallable(() -> api.place(body, key))
                            .subscribeOn(Schedulers.boundedElastic()),
                    100)
                .collectList()
                .block(Callbridge.SOON));

    assertThat(answers).extracting(Api.Answer::status).containsOnly(202);
    assertThat(answers).extracting(Api.Answer::id).containsOnly(answers.getFirst().id());
    assertThat(answers)
        .filteredOn(answer ->
            answer.http().headers().firstValue("Idempotency-Replayed").orElse("").equals("false"))
        .hasSize(1);
    callbridge.await(answers.getFirst().id(), Call::isOver);
    assertThat(dialled("+15550002001")).hasSize(before + 1);
  }

  /// As when the database stored it and was too late in saying so.
  @Test
  void aCallThatWasStoredAndNotDialledIsDialledOnceWhenItIsAskedForAgain() {
    String to = "+15550002001";
    int before = dialled(to).size();
    String key = UUID.randomUUID().toString();
    String body = "{\"to\":\"" + to + "\"}";
    var once =
        new CallStore.Idempotency(
            "sandbox", key, Bodies.sha256(body.getBytes(StandardCharsets.UTF_8)));
    UUID id = Call.newId();
    CallPlan plan =
        new CallPlan(
            Direction.OUTBOUND,
            "default",
            "+15550001000",
            to,
            Map.of(),
            null,
            null,
            null,
            false,
            Duration.ofSeconds(10),
            Duration.ofMinutes(1),
            Map.of());
    calls.create(id, plan, once).block(Callbridge.SOON);

    assertThat(api.place(body, key).id()).isEqualTo(id);
    assertThat(api.place(body, key).id()).isEqualTo(id);

    callbridge.await(id, Call::isOver);
    assertThat(dialled(to)).hasSize(before + 1);
  }

  @Test
  void oneKeyIsForOneRequest() {
    String key = UUID.randomUUID().toString();
    api.place("{\"to\":\"+15550002001\"}", key);

    Api.Answer other = api.place("{\"to\":\"+15550002002\"}", key);

    assertThat(other.status()).isEqualTo(409);
    assertThat(other.type()).contains("application/problem+json");
    assertThat(other.get("/detail")).contains("Idempotency-Key");
  }

  @Test
  void theOperatorHangsUpACallThatIsOnAndAgainChangesNothing() {
    Api.Answer placed = api.place("{\"to\":\"+15550002008\"}");
    callbridge.await(placed.id(), call -> call.truth().timings().firstAgentAudio() != null);

    assertThat(api.delete("/api/v1/calls/" + placed.id()).status()).isEqualTo(202);
    Call call = callbridge.await(placed.id(), Call::isOver);

    assertThat(call.truth().endedBy()).isEqualTo(EndedBy.OPERATOR);
    assertThat(call.truth().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(api.delete("/api/v1/calls/" + placed.id()).get("/endedBy")).isEqualTo("OPERATOR");
    assertThat(callbridge.await(placed.id(), Call::isOver)).isEqualTo(call);
    callbridge.assertNothingLeft();
  }

  private List<SandboxCall> dialled(String to) {
    return callbridge.twilio().creates().stream()
        .map(create -> Objects.requireNonNull(callbridge.twilio().call(create.callSid())))
        .filter(call -> call.to().equals(to))
        .toList();
  }
}
