package dev.callbridge.reservations;

import dev.callbridge.call.CallRights;
import dev.callbridge.requests.Bodies;
import dev.callbridge.requests.InvalidRequestException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.transaction.reactive.TransactionalOperator;
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

/// Tables that are booked in the restaurants whose books we keep.
@RestController
@RequestMapping(ReservationsController.PATH)
class ReservationsController {

  static final String PATH = "/api/v1/reservations";

  private final Restaurants restaurants;
  private final Book book;
  private final Reservations reservations;
  private final GuestTools tools;
  private final TransactionalOperator transaction;
  private final Clock clock = Clock.systemUTC();

  ReservationsController(
      Restaurants restaurants,
      Book book,
      Reservations reservations,
      GuestTools tools,
      TransactionalOperator transaction) {
    this.restaurants = restaurants;
    this.book = book;
    this.reservations = reservations;
    this.tools = tools;
    this.transaction = transaction;
  }

  /// @param next the `before` of the next page, null on the last
  record ReservationPage(List<ReservationResource> reservations, @Nullable UUID next) {}

  record Change(@Nullable String status) {}

  /// The same `Idempotency-Key` with the same body is the same reservation, however often it is
  /// sent.
  @PostMapping
  Mono<ResponseEntity<ReservationResource>> make(
      @RequestHeader(value = "Idempotency-Key", required = false) @Nullable String key,
      @RequestBody(required = false) byte @Nullable [] body,
      @AuthenticationPrincipal CallRights rights) {
    Query.checkKey(key);
    NewReservation wanted = Bodies.read(body, NewReservation.class);
    var origin = Booking.Origin.api(rights.name(), String.valueOf(key), Bodies.sha256(body));
    return earlier(origin)
        .switchIfEmpty(Mono.defer(() -> book(wanted, origin)).map(made -> answer(made, false)))
        // The same request at the same time has the table.
        .onErrorResume(
            FullException.class, e -> earlier(origin).switchIfEmpty(Mono.defer(e::refused)))
        // The same key at the same time, or the same code.
        .onErrorResume(
            DataIntegrityViolationException.class,
            e -> earlier(origin).switchIfEmpty(Mono.error(e)))
        .onErrorMap(Refusal.class, Refusal::answer);
  }

  private Mono<Reservation> book(NewReservation wanted, Booking.Origin origin) {
    return restaurants
        .find(wanted.restaurant())
        .switchIfEmpty(
            Mono.error(
                () -> InvalidRequestException.badRequest("restaurantId", "is no restaurant's")))
        .flatMap(restaurant -> {
          Booking booking = wanted.check(restaurant);
          restaurant.check(booking.start(), booking.party(), clock.instant());
          return transaction.transactional(
              book.make(restaurant, booking, origin)
                  .switchIfEmpty(tools.isFull(restaurant, booking.start(), booking.party(), null)));
        })
        .timeout(Rows.TIMEOUT);
  }

  private Mono<ResponseEntity<ReservationResource>> earlier(Booking.Origin origin) {
    return reservations
        .earlier(origin)
        .map(found -> {
          if (!found.sameRequest()) {
            throw new ResponseStatusException(
                HttpStatus.CONFLICT, "Idempotency-Key: this key was used for another request");
          }
          return answer(found.reservation(), true);
        });
  }

  private static ResponseEntity<ReservationResource> answer(Reservation it, boolean replayed) {
    return ResponseEntity.created(URI.create(PATH + "/" + it.id()))
        .header("Idempotency-Replayed", Boolean.toString(replayed))
        .body(ReservationResource.of(it));
  }

  @GetMapping
  Mono<ReservationPage> list(
      @RequestParam(required = false) @Nullable String restaurant,
      @RequestParam(required = false) @Nullable String status,
      @RequestParam(required = false) @Nullable String before,
      @RequestParam(required = false) @Nullable String limit) {
    int size = Query.limit(limit);
    return reservations
        .list(
            Query.id("restaurant", restaurant),
            Query.one("status", status, Reservation.Status.class),
            Query.id("before", before),
            size + 1)
        .collectList()
        .map(found ->
            new ReservationPage(
                found.stream().limit(size).map(ReservationResource::of).toList(),
                Query.next(found, size, Reservation::id)));
  }

  @GetMapping("/{id}")
  Mono<ReservationResource> one(@PathVariable UUID id) {
    return find(id).map(ReservationResource::of);
  }

  /// A reservation that is booked ends in one of the other states, and stays in that.
  @PatchMapping("/{id}")
  Mono<ReservationResource> change(
      @PathVariable UUID id, @RequestBody(required = false) byte @Nullable [] body) {
    String wanted = Bodies.read(body, Change.class).status();
    Reservation.Status status = Query.one("status", wanted, Reservation.Status.class);
    if (status == null || status == Reservation.Status.BOOKED) {
      throw InvalidRequestException.badRequest(
          "status", "is not one of ARRIVED, NO_SHOW, CANCELLED");
    }
    return find(id)
        .flatMap(found -> found.status() == status ? Mono.just(found) : book.close(id, status))
        .timeout(Rows.TIMEOUT)
        .switchIfEmpty(
            Mono.error(() ->
                new ResponseStatusException(
                    HttpStatus.CONFLICT, "status: the reservation is not BOOKED any more")))
        .map(ReservationResource::of);
  }

  private Mono<Reservation> find(UUID id) {
    return reservations
        .find(id)
        .switchIfEmpty(
            Mono.error(() ->
                new ResponseStatusException(
                    HttpStatus.NOT_FOUND, "no reservation has the id " + id)));
  }
}
