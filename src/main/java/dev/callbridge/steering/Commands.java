package dev.callbridge.steering;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallState;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.CallStore.Idempotency;
import dev.callbridge.call.CommandBell;
import dev.callbridge.steering.Settled.Why;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Gives a command to whoever has its call, and waits for what comes of it.
///
/// ## Termination
///
/// An answer comes within [#PATIENCE] and the database's time. What was not taken by then is taken
/// back, and that it is not done is certain; what was taken and is not settled is told as it is.
@Component
class Commands {

  /// For somebody to take it, and to say what came of it.
  static final Duration PATIENCE = Duration.ofSeconds(3);

  /// How often to look when nobody says that there is something to see.
  private static final Duration AGAIN = Duration.ofMillis(250);

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  private final CallStore calls;
  private final CommandStore store;
  private final OldCommands old;
  private final CommandBell bell;
  private final Duration patience;
  private final Clock clock = Clock.systemUTC();

  @Autowired
  Commands(CallStore calls, CommandStore store, OldCommands old, CommandBell bell) {
    this(calls, store, old, bell, PATIENCE);
  }

  Commands(
      CallStore calls, CommandStore store, OldCommands old, CommandBell bell, Duration patience) {
    this.calls = calls;
    this.store = store;
    this.old = old;
    this.bell = bell;
    this.patience = patience;
  }

  /// @param given as far as it has come
  /// @param isRepeat it was given before, under the same key
  record Answer(Given given, boolean isRepeat) {}

  /// Fails with a [SteeringProblem] when the call cannot be steered; with a 404 when there is none.
  Mono<Answer> give(Command command, @Nullable Idempotency once) {
    return give(command.callId(), _ -> Mono.just(command), once);
  }

  /// @param command made only where it was not given before, and somebody may take it
  Mono<Answer> give(
      UUID callId, Function<Call, Mono<Command>> command, @Nullable Idempotency once) {
    return before(once).switchIfEmpty(Mono.defer(() -> fresh(callId, command, once)));
  }

  private Mono<Answer> before(@Nullable Idempotency once) {
    return once == null
        ? Mono.empty()
        : store
            .earlier(once)
            .flatMap(found ->
                found.isSame()
                    ? outcome(found.given()).map(given -> new Answer(given, true))
                    : Mono.error(
                        new ResponseStatusException(
                            HttpStatus.CONFLICT,
                            "Idempotency-Key: this key was used for another request")));
  }

  private Mono<Answer> fresh(
      UUID callId, Function<Call, Mono<Command>> make, @Nullable Idempotency once) {
    return find(callId)
        .doOnNext(Commands::isConnected)
        .flatMap(make)
        .flatMap(command -> store.give(command, once, patience, clock.instant()))
        .doOnNext(given -> LOG.info("call {}: {} asked for", given.callId(), given.kind()))
        .flatMap(given -> outcome(given).map(settled -> new Answer(settled, false)))
        // The same key was quicker, or the call is not any more what it was a moment ago.
        .switchIfEmpty(Mono.defer(() -> before(once)))
        .switchIfEmpty(
            Mono.defer(() -> find(callId))
                .doOnNext(Commands::isConnected)
                .flatMap(_ -> Mono.error(new SteeringProblem(Why.TOO_MANY))));
  }

  private Mono<Call> find(UUID id) {
    return calls
        .find(id)
        .switchIfEmpty(
            Mono.error(() ->
                new ResponseStatusException(HttpStatus.NOT_FOUND, "no call has the id " + id)));
  }

  private static void isConnected(Call call) {
    if (call.isOver()) {
      throw new SteeringProblem(Why.CALL_ENDED);
    } else if (call.truth().state() != CallState.CONNECTED) {
      throw new SteeringProblem(Why.NOT_CONNECTED);
    }
  }

  private Mono<Given> outcome(Given given) {
    if (given.state().isSettled()) {
      return Mono.just(given);
    }
    UUID id = given.id();
    return Flux.merge(Flux.interval(AGAIN, AGAIN), bell.settled(id))
        .onBackpressureLatest()
        .concatMap(_ -> store.find(id), 1)
        .filter(now ->
            now.state().isSettled()
                || now.state() == Given.State.WAITING && (now.isOver() || now.isOverdue()))
        .next()
        .timeout(patience, Mono.empty())
        .filter(now -> now.state().isSettled())
        .switchIfEmpty(Mono.defer(() -> old.takeBack(id, clock.instant()).then(store.find(id))));
  }
}
