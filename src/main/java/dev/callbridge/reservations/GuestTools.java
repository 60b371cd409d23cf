package dev.callbridge.reservations;

import dev.callbridge.tools.ToolRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What the tools for guests have in common.
@Component
class GuestTools {

  private static final int DAYS_AROUND = 7;
  private static final int ALTERNATIVES = 3;

  final Restaurants restaurants;
  final Book book;
  final Reservations reservations;
  final Acts acts;
  final Clock clock = Clock.systemUTC();

  GuestTools(Restaurants restaurants, Book book, Reservations reservations, Acts acts) {
    this.restaurants = restaurants;
    this.book = book;
    this.reservations = reservations;
    this.acts = acts;
  }

  Instant now() {
    return clock.instant();
  }

  Mono<Restaurant> restaurant(ToolRequest request, Arguments arguments) {
    return restaurants
        .of(request.callId(), arguments.text("restaurant", 100))
        .switchIfEmpty(
            Mono.error(() ->
                new Refusal(
                    "restaurant",
                    "Which restaurant is meant is not clear, or its book is not kept here.")));
  }

  /// The reservation with the given code, if the guest is who made it. A code that is not there and
  /// a name that does not fit are told alike.
  Mono<Reservation> reservation(Restaurant restaurant, Arguments arguments) {
    String name = arguments.text("guest_name", 100);
    String phone = arguments.phone();
    if (name == null && phone == null) {
      return Mono.error(
          new Refusal("guest_name", "Ask for the name or the telephone number of the booking."));
    }
    return reservations
        .find(restaurant, arguments.code())
        .filter(found -> found.isOf(name, phone))
        .switchIfEmpty(
            Mono.error(() ->
                new Refusal(
                    "code", "There is no reservation with this code and this name or number.")))
        .doOnNext(found -> {
          if (found.status() == Reservation.Status.BOOKED && !found.starts().isAfter(now())) {
            throw Refusal.conflict("It is too late: that reservation's time has come.");
          }
        });
  }

  /// An error when no table is free then. Without holding the book, so that it may be another's by
  /// the time that it is booked.
  Mono<Void> checkFree(
      Restaurant restaurant, Instant start, int party, @Nullable Reservation moved) {
    return book.free(restaurant, party, List.of(start), moved == null ? null : moved.id())
        .flatMap(free ->
            free.isEmpty() ? this.<Void>isFull(restaurant, start, party, moved) : Mono.empty());
  }

  <T> Mono<T> isFull(Restaurant restaurant, Instant start, int party, @Nullable Reservation moved) {
    return Mono.error(() -> new FullException(full(restaurant, start, party, moved)));
  }

  /// When no table is free: the free times that are nearest, of that day first.
  private Mono<Refusal> full(
      Restaurant restaurant, Instant start, int party, @Nullable Reservation moved) {
    LocalDate day = restaurant.day(start);
    Instant now = now();
    List<Instant> starts =
        Stream.iterate(day, date -> date.plusDays(1))
            .limit(DAYS_AROUND)
            .flatMap(date -> restaurant.bookable(date, now).stream())
            .toList();
    return book.free(restaurant, party, starts, moved == null ? null : moved.id())
        .map(free ->
            free.stream()
                .sorted(
                    Comparator.comparing((Instant at) -> !restaurant.day(at).equals(day))
                        .thenComparing(at -> Duration.between(start, at).abs()))
                .limit(ALTERNATIVES)
                .sorted()
                .toList())
        .map(free -> {
          String full =
              "No table for %s is free on %s."
                  .formatted(Words.people(party), Words.when(start, restaurant.zone()));
          return Refusal.conflict(
              free.isEmpty()
                  ? full + " Nothing is free within a week of it."
                  : full + " Free instead: " + Words.list(free, restaurant.zone()) + ".");
        });
  }

  /// A reservation as an agent is told of it.
  static ObjectNode told(String result, Restaurant restaurant, Reservation it) {
    ObjectNode told = JsonMapper.shared().createObjectNode();
    told.put("result", result);
    told.put("code", it.code());
    told.put("restaurant", restaurant.name());
    told.put("date", restaurant.day(it.starts()).toString());
    told.put("time", Words.clock(it.starts(), restaurant.zone()));
    told.put("party_size", it.partySize());
    told.put("guest_name", it.guestName());
    return told;
  }

  static String table(Restaurant restaurant, Reservation it) {
    return "a table for %s on %s"
        .formatted(Words.people(it.partySize()), Words.when(it.starts(), restaurant.zone()));
  }
}
