package dev.callbridge.reservations;

import dev.callbridge.requests.Bodies;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
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

  private final Restaurants restaurants;
  private final Book book;
  private final Clock clock = Clock.systemUTC();

  RestaurantsController(Restaurants restaurants, Book book) {
    this.restaurants = restaurants;
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
        .onErrorMap(
            DuplicateKeyException.class,
            _ ->
                new ResponseStatusException(
                    HttpStatus.CONFLICT, "phone: another restaurant has this number"))
        .map(made ->
            ResponseEntity.created(URI.create(PATH + "/" + made.id()))
                .body(RestaurantResource.of(made)));
  }

  @GetMapping
  Mono<RestaurantPage> list(
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable String limit) {
    int size = Query.limit(limit);
    return restaurants
        .list(Query.id("after", after), size + 1)
        .collectList()
        .map(found ->
            new RestaurantPage(
                found.stream().limit(size).map(RestaurantResource::of).toList(),
                Query.next(found, size, Restaurant::id)));
  }

  @GetMapping("/{id}")
  Mono<RestaurantResource> one(@PathVariable UUID id) {
    return find(id).map(RestaurantResource::of);
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
