package dev.callbridge.outbound;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallPlan;
import dev.callbridge.call.CallResource;
import dev.callbridge.call.CallResources;
import dev.callbridge.call.CallRights;
import dev.callbridge.call.CallState;
import dev.callbridge.call.CallStore;
import dev.callbridge.requests.Bodies;
import dev.callbridge.requests.InvalidRequestException;
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/// Placing calls and ending them.
@RestController
@RequestMapping(CallResource.PATH)
class CallsController {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  private final CallRequests requests;
  private final Placing placing;
  private final CallStore calls;
  private final CallResources resources;
  private final Dialer dialer;
  private final Fitness fitness;
  private final Clock clock = Clock.systemUTC();

  CallsController(
      CallRequests requests,
      Placing placing,
      CallStore calls,
      CallResources resources,
      Dialer dialer,
      Fitness fitness) {
    this.requests = requests;
    this.placing = placing;
    this.calls = calls;
    this.resources = resources;
    this.dialer = dialer;
    this.fitness = fitness;
  }

  /// Stores the call, then has it dialled. The same `Idempotency-Key` with the same body is the
  /// same call, however often it is sent; with another body it is refused.
  @PostMapping
  Mono<ResponseEntity<CallResource>> place(
      @RequestHeader(value = "Idempotency-Key", required = false) @Nullable String key,
      @RequestHeader(value = CallEvent.TRACE, required = false) @Nullable String trace,
      @RequestBody(required = false) byte @Nullable [] body,
      @AuthenticationPrincipal CallRights rights) {
    if (key == null || !key.matches("[\\x21-\\x7E]{1,200}")) {
      throw InvalidRequestException.badRequest(
          "Idempotency-Key", "is not a header of 1 to 200 visible characters");
    } else if (body == null) {
      throw InvalidRequestException.badRequest("body", "is missing");
    }
    CallPlan plan = requests.read(body, rights);
    placing.checkRoom();
    var once = new CallStore.Idempotency(rights.name(), key, Bodies.sha256(body));
    Optional<Throwable> unfit = fitness.refusal(plan);
    if (unfit.isPresent()) {
      // What was placed before stays placed; what nobody came to dial is not dialled now.
      return earlier(once)
          .filter(call -> call.truth().state() != CallState.CREATED)
          .flatMap(call -> accepted(call, true))
          .switchIfEmpty(Mono.error(unfit.get()));
    }
    return placing
        .place(plan, once, rights, trace)
        .flatMap(call -> accepted(call, false))
        .switchIfEmpty(
            Mono.defer(
                () -> earlier(once).flatMap(placing::again).flatMap(call -> accepted(call, true))));
  }

  private Mono<Call> earlier(CallStore.Idempotency once) {
    return calls
        .findEarlier(once)
        .map(found -> {
          if (!found.sameRequest()) {
            throw new ResponseStatusException(
                HttpStatus.CONFLICT, "Idempotency-Key: this key was used for another request");
          }
          return found.call();
        });
  }

  private Mono<ResponseEntity<CallResource>> accepted(Call call, boolean replayed) {
    return resources
        .of(call)
        .map(resource ->
            ResponseEntity.accepted()
                .location(URI.create(CallResource.path(call.id())))
                .header("Idempotency-Replayed", Boolean.toString(replayed))
                .body(resource));
  }

  /// Ends the call, or takes it back before it is dialled. Ending one that is over changes nothing.
  @DeleteMapping("/{id}")
  Mono<ResponseEntity<CallResource>> delete(
      @PathVariable UUID id, @AuthenticationPrincipal CallRights rights) {
    return hangUp(id, rights);
  }

  /// The same, for those who think of a call as something that one does things to.
  @PostMapping("/{id}/hang-up")
  Mono<ResponseEntity<CallResource>> hangUp(
      @PathVariable UUID id, @AuthenticationPrincipal CallRights rights) {
    return calls
        .find(id)
        .flatMap(call -> call.isOver() ? Mono.just(call) : end(call, rights))
        .flatMap(resources::of)
        .map(resource -> ResponseEntity.accepted().body(resource))
        .switchIfEmpty(
            Mono.error(() ->
                new ResponseStatusException(HttpStatus.NOT_FOUND, "no call has the id " + id)));
  }

  private Mono<Call> end(Call call, CallRights rights) {
    LOG.info("call {}: hang-up requested", call.id());
    return calls
        .append(event(call.id(), Kind.HANG_UP_REQUESTED, Map.of("by", rights.name())))
        .doOnNext(stored -> {
          String sid = stored.truth().twilioCallSid();
          if (sid != null && !dialer.hangUp(sid)) {
            throw new ResponseStatusException(
                HttpStatus.SERVICE_UNAVAILABLE, "too many calls wait to be hung up");
          }
        });
  }

  private CallEvent event(UUID id, Kind kind, Map<String, String> details) {
    return new CallEvent(id, kind, Source.API, kind.name(), clock.instant(), details);
  }
}
