package dev.callbridge.reservations;

import dev.callbridge.call.Call;
import dev.callbridge.call.CallRights;
import dev.callbridge.call.CallStore;
import dev.callbridge.requests.Bodies;
import dev.callbridge.reservations.ReservationRequest.Status;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/// Tables for which a restaurant is called.
@RestController
@RequestMapping(ReservationRequestsController.PATH)
class ReservationRequestsController {

  static final String PATH = "/api/v1/reservation-requests";

  private final Requests requests;
  private final RestaurantCalls calls;
  private final ReservationSettings settings;
  private final Clock clock = Clock.systemUTC();

  ReservationRequestsController(
      Requests requests, RestaurantCalls calls, ReservationSettings settings) {
    this.requests = requests;
    this.calls = calls;
    this.settings = settings;
  }

  /// @param next the `before` of the next page, null on the last
  record RequestPage(List<ReservationRequestResource> requests, @Nullable UUID next) {}

  /// Stores the request and has the restaurant called, once for each `Idempotency-Key`.
  @PostMapping
  Mono<ResponseEntity<ReservationRequestResource>> create(
      @RequestHeader(value = "Idempotency-Key", required = false) @Nullable String key,
      @RequestBody(required = false) byte @Nullable [] body,
      @AuthenticationPrincipal CallRights rights) {
    Query.checkKey(key);
    var wanted = Bodies.read(body, NewReservationRequest.class);
    var once = new CallStore.Idempotency(rights.name(), String.valueOf(key), Bodies.sha256(body));
    Mono<ReservationRequest> made =
        Mono.defer(() -> {
          ReservationRequest request = wanted.check(settings.assistant(), clock.instant());
          Mono<?> stored =
              wanted.wantsCall()
                  ? call(request, once, rights)
                  : requests.insert(request, once).timeout(Rows.TIMEOUT);
          return stored.then(requests.find(request.id()));
        });
    return earlier(once)
        .switchIfEmpty(made.map(it -> accepted(it, false)))
        // Another with the same key was first: that one has stored it.
        .switchIfEmpty(Mono.defer(() -> earlier(once)))
        .onErrorResume(DuplicateKeyException.class, _ -> earlier(once))
        .onErrorResume(TwiceException.class, _ -> earlier(once));
  }

  private Mono<Call> call(
      ReservationRequest request, CallStore.Idempotency once, CallRights rights) {
    UUID callId = Call.newId();
    Mono<Void> along =
        requests
            .insert(request.calling(callId), once)
            .onErrorMap(DuplicateKeyException.class, _ -> new TwiceException());
    return calls.call(request, callId, "request " + once.key(), rights, along);
  }

  /// Calls again, or for the first time: a person has looked at it and wants that.
  @PostMapping("/{id}/call")
  Mono<ResponseEntity<ReservationRequestResource>> callAgain(
      @PathVariable UUID id,
      @RequestHeader(value = "Idempotency-Key", required = false) @Nullable String key,
      @AuthenticationPrincipal CallRights rights) {
    Query.checkKey(key);
    UUID callId = Call.newId();
    Mono<Void> along =
        requests
            .begin(id, callId)
            .flatMap(begun ->
                begun
                    ? Mono.empty()
                    : Mono.error(
                        new ResponseStatusException(
                            HttpStatus.CONFLICT,
                            "status: only a request that is PENDING or NEEDS_ATTENTION, for a time to come, can be called about")));
    return find(id)
        .flatMap(
            request -> calls.call(request, callId, "call %s %s".formatted(id, key), rights, along))
        .map(_ -> false)
        .defaultIfEmpty(true)
        .flatMap(replayed -> find(id).map(it -> accepted(it, replayed)));
  }

  /// A person's word on it.
  @PatchMapping("/{id}")
  Mono<ReservationRequestResource> settle(
      @PathVariable UUID id, @RequestBody(required = false) byte @Nullable [] body) {
    RequestChange change = Bodies.read(body, RequestChange.class);
    return find(id)
        .flatMap(found -> requests.decide(found, change.check(found.zone())).timeout(Rows.TIMEOUT))
        .switchIfEmpty(
            Mono.error(() ->
                new ResponseStatusException(
                    HttpStatus.CONFLICT, "status: the restaurant is being called")))
        .map(ReservationRequestResource::of);
  }

  @GetMapping
  Mono<RequestPage> list(
      @RequestParam(required = false) @Nullable String status,
      @RequestParam(required = false) @Nullable String before,
      @RequestParam(required = false) @Nullable String limit) {
    int size = Query.limit(limit);
    return requests
        .list(Query.one("status", status, Status.class), Query.id("before", before), size + 1)
        .collectList()
        .map(found ->
            new RequestPage(
                found.stream().limit(size).map(ReservationRequestResource::of).toList(),
                Query.next(found, size, ReservationRequest::id)));
  }

  @GetMapping("/{id}")
  Mono<ReservationRequestResource> one(@PathVariable UUID id) {
    return find(id).map(ReservationRequestResource::of);
  }

  private Mono<ReservationRequest> find(UUID id) {
    return requests
        .find(id)
        .switchIfEmpty(
            Mono.error(() ->
                new ResponseStatusException(
                    HttpStatus.NOT_FOUND, "no reservation request has the id " + id)));
  }

  private Mono<ResponseEntity<ReservationRequestResource>> earlier(CallStore.Idempotency once) {
    return requests
        .earlier(once)
        .map(found -> {
          if (!found.sameRequest()) {
            throw new ResponseStatusException(
                HttpStatus.CONFLICT, "Idempotency-Key: this key was used for another request");
          }
          return accepted(found.request(), true);
        });
  }

  private static ResponseEntity<ReservationRequestResource> accepted(
      ReservationRequest it, boolean replayed) {
    return ResponseEntity.accepted()
        .location(URI.create(PATH + "/" + it.id()))
        .header("Idempotency-Replayed", Boolean.toString(replayed))
        .body(ReservationRequestResource.of(it));
  }

  /// Carried out of the transaction that it undoes.
  private static final class TwiceException extends RuntimeException {
    TwiceException() {
      super("that key was used before", null, false, false);
    }
  }
}
