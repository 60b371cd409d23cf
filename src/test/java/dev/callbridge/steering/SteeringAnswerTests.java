package dev.callbridge.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.call.Call;
import dev.callbridge.sandbox.twilio.CallerScript;
import dev.callbridge.sandbox.twilio.SandboxCall;
import dev.callbridge.testing.Callbridge;
import dev.callbridge.testing.CallbridgeTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;

/// What an operator is answered where the instance that has the call does not say.
@CallbridgeTest
final class SteeringAnswerTests {

  private final Callbridge callbridge;
  private final Operator operator;
  private final DatabaseClient database;
  private final CommandStore store;
  private final OldCommands old;

  SteeringAnswerTests(
      @Autowired Callbridge callbridge,
      @Autowired DatabaseClient database,
      @Autowired CommandStore store,
      @Autowired OldCommands old) {
    this.callbridge = callbridge;
    this.database = database;
    this.store = store;
    this.old = old;
    operator = new Operator(callbridge.settings());
  }

  private SandboxCall line() {
    return callbridge.callIn(CallerScript.answers().staysSilentFor(Callbridge.CALL));
  }

  private Call connected(SandboxCall line) {
    return callbridge.await(line, call -> call.truth().timings().firstAgentAudio() != null);
  }

  @Test
  void whatIsTakenAndNotSettledIsToldAsThatAndThenAsWhatCameOfIt() {
    SandboxCall first = line();
    SandboxCall second = line();
    UUID elsewhere = anotherInstance();
    Call settled = moved(connected(first), elsewhere);
    Call unsettled = moved(connected(second), elsewhere);
    String body = "{'text':'Do you have parking?'}";

    CompletableFuture<Operator.@Nullable Answer> one = asked(settled, body);
    CompletableFuture<Operator.@Nullable Answer> other = asked(unsettled, body);
    List<UUID> taken = take(elsewhere, 2);
    for (CompletableFuture<Operator.@Nullable Answer> each : List.of(one, other)) {
      Operator.Answer answer = Objects.requireNonNull(each.join());
      assertThat(answer.status()).as("%s", answer).isEqualTo(202);
      assertThat(answer.get("/state")).isEqualTo("TAKEN");
      assertThat(taken).contains(UUID.fromString(answer.get("/id")));
    }

    store
        .settle(
            UUID.fromString(Objects.requireNonNull(one.join()).get("/id")),
            elsewhere,
            Settled.done())
        .block(Callbridge.SOON);
    Operator.Answer done = operator.post(path(settled), body, key(settled));
    assertThat(done.status()).isEqualTo(200);
    assertThat(done.get("/state")).isEqualTo("DONE");
    assertThat(done.isRepeat()).isTrue();

    // A minute later whoever took the other one has not said.
    database
        .sql("UPDATE call_command SET taken_at = now() - interval '2 minutes' WHERE call_id = :id")
        .bind("id", unsettled.id())
        .then()
        .then(old.tidy(Instant.now()))
        .block(Callbridge.SOON);
    Operator.Answer unknown = operator.post(path(unsettled), body, key(unsettled));
    assertThat(unknown.status()).isEqualTo(504);
    assertThat(unknown.get("/reason")).isEqualTo("not_known");
    first.hangUp();
    second.hangUp();
  }

  private static String path(Call call) {
    return "/api/v1/calls/" + call.id() + "/message";
  }

  private static String key(Call call) {
    return "taken-" + call.id();
  }

  private CompletableFuture<Operator.@Nullable Answer> asked(Call call, String body) {
    return operator.send(path(call), body, key(call)).toFuture();
  }

  /// One that is alive, and takes commands without ever saying what came of them.
  private UUID anotherInstance() {
    UUID id = UUID.randomUUID();
    database
        .sql(
            "INSERT INTO relay_instance (id, lease_until) VALUES (:id, now() + interval '5 minutes')")
        .bind("id", id)
        .then()
        .block(Callbridge.SOON);
    return id;
  }

  private Call moved(Call call, UUID owner) {
    database
        .sql("UPDATE call SET owner = :owner WHERE id = :id")
        .bindValues(Map.of("owner", owner, "id", call.id()))
        .then()
        .block(Callbridge.SOON);
    return call;
  }

  private List<UUID> take(UUID instance, int count) {
    return Objects.requireNonNull(
        Flux.interval(Duration.ZERO, Duration.ofMillis(50))
            .onBackpressureDrop()
            .concatMap(_ -> store.take(instance), 1)
            .concatMapIterable(commands -> commands)
            .map(Command::id)
            .take(count)
            .collectList()
            .block(Callbridge.SOON));
  }
}
