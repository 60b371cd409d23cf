package dev.callbridge.reservations;

import dev.callbridge.requests.Bodies;
import dev.callbridge.requests.ETags;
import dev.callbridge.requests.InvalidRequestException;
import java.net.URI;
import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/// The restaurants whose books we keep, and what is free in them.
@RestController
@RequestMapping(RestaurantsController.PATH)
class RestaurantsController {

  static final String PATH = "/api/v1/restaurants";

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.reservations");

  private final Restaurants restaurants;
  private final RestaurantChanges changes;
  private final Book book;
  private final Clock clock = Clock.systemUTC();

  RestaurantsController(Restaurants restaurants, RestaurantChanges changes, Book book) {
    this.restaurants = restaurants;
    this.changes = changes;
    this.book = book;
  }

  /// @param next the `after` of the next page, null on the last
  record RestaurantPage(List<RestaurantResource> restaurants, @Nullable UUID next) {}

  /// @param times by the restaurant's clock, with its offset that day
  record Availability(LocalDate date, int partySize, String timeZone, List<OffsetDateTime> times) {}

  @PostMapping
  Mono<ResponseEntity<RestaurantResource>> create(
      @RequestBody(required = false) byte @Nullable [] body) {
    Restaurant wanted = Bodies.read(body, NewRestaurant.class).check();
    return restaurants
        .create(wanted)
        .onErrorMap(DuplicateKeyException.class, _ -> taken())
        .map(made ->
            ResponseEntity.created(URI.create(PATH + "/" + made.id()))
                .eTag(ETags.of(made.version()))
                .body(RestaurantResource.of(made)));
  }

  /// Replaces one as a whole, if the version is still the one that is named: as `If-Match`, or as
  /// `version` in the body.
  @PutMapping("/{id}")
  Mono<ResponseEntity<RestaurantResource>> replace(
      @PathVariable UUID id,
      @RequestHeader(value = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestBody(required = false) byte @Nullable [] body,
      Principal by) {
    NewRestaurant form = Bodies.read(body, NewRestaurant.class);
    @Nullable Long version = ifMatch == null ? form.version() : ETags.version(ifMatch);
    if (version == null) {
      throw new ResponseStatusException(
          HttpStatus.PRECONDITION_REQUIRED, "version: say which one is changed");
    }
    Restaurant wanted = form.check(id, version);
    return find(id)
        .then(changes.replace(wanted, Boolean.TRUE.equals(form.keepReservations())))
        .onErrorMap(DuplicateKeyException.class, _ -> taken())
        .doOnNext(_ -> LOG.info("restaurant {} changed by {}", id, by.getName()))
        .map(RestaurantsController::answer);
  }

  /// Closes one for good: nothing is booked in it any more, and its number is free for another.
  @DeleteMapping("/{id}")
  Mono<ResponseEntity<Void>> close(
      @PathVariable UUID id,
      @RequestHeader(value = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      Principal by) {
    @Nullable Long version = ifMatch == null ? null : ETags.version(ifMatch);
    return find(id)
        .flatMap(restaurant ->
            restaurant.closed() == null ? changes.close(restaurant, version) : Mono.empty())
        .doOnSuccess(_ -> LOG.info("restaurant {} closed by {}", id, by.getName()))
        .then(Mono.fromSupplier(() -> ResponseEntity.noContent().build()));
  }

  private static InvalidRequestException taken() {
    return new InvalidRequestException(
        HttpStatus.CONFLICT,
        List.of(
            new InvalidRequestException.FieldError(
                "phone", "is the number of another restaurant")));
  }

  private static ResponseEntity<RestaurantResource> answer(Restaurant it) {
    return ResponseEntity.ok().eTag(ETags.of(it.version())).body(RestaurantResource.of(it));
  }

  @GetMapping
  Mono<RestaurantPage> list(
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String closed) {
    int size = Query.limit(limit);
    return restaurants
        .list(Query.id("after", after), size + 1, Query.flag("closed", closed))
        .collectList()
        .map(found ->
            new RestaurantPage(
                found.stream().limit(size).map(RestaurantResource::of).toList(),
                Query.next(found, size, Restaurant::id)));
  }

  @GetMapping("/{id}")
  Mono<ResponseEntity<RestaurantResource>> one(@PathVariable UUID id) {
    return find(id).map(RestaurantsController::answer);
  }

  @GetMapping("/{id}/availability")
  Mono<Availability> availability(
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String date,
      @RequestParam(required = false) @Nullable String partySize) {
    int party = Query.number("partySize", partySize, 100);
    LocalDate day = day(date);
    return find(id)
        .flatMap(restaurant -> {
          List<Instant> bookable =
              party < restaurant.minParty() || party > restaurant.maxParty()
                  ? List.of()
                  : restaurant.bookable(day, clock.instant());
          return book.free(restaurant, party, bookable, null)
              .map(free ->
                  new Availability(
                      day,
                      party,
                      restaurant.zone().getId(),
                      free.stream()
                          .map(at -> at.atZone(restaurant.zone()).toOffsetDateTime())
                          .toList()));
        });
  }

  private static LocalDate day(@Nullable String date) {
    try {
      return Times.day(date == null ? "" : date);
    } catch (Refusal e) {
      throw e.answer();
    }
  }

  private Mono<Restaurant> find(UUID id) {
    return restaurants
        .find(id)
        .switchIfEmpty(
            Mono.error(() ->
                new ResponseStatusException(
                    HttpStatus.NOT_FOUND, "no restaurant has the id " + id)));
  }
}
