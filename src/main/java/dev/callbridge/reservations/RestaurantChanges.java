package dev.callbridge.reservations;

import static dev.callbridge.reservations.Rows.TIMEOUT;
import static dev.callbridge.reservations.Rows.required;

import dev.callbridge.reservations.Unfit.Why;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.reactive.TransactionalOperator;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/// Changes restaurants whose books are kept, and closes them. Its book is held meanwhile: what is
/// booked at that moment is looked at too, or is booked in the restaurant as it is then.
///
/// A reservation is never lost by it: while one has no place any more, nothing is changed.
@Component
class RestaurantChanges {

  private final DatabaseClient database;
  private final TransactionalOperator transaction;
  private final Restaurants restaurants;
  private final Reservations reservations;

  RestaurantChanges(
      DatabaseClient database,
      TransactionalOperator transaction,
      Restaurants restaurants,
      Reservations reservations) {
    this.database = database;
    this.transaction = transaction;
    this.restaurants = restaurants;
    this.reservations = reservations;
  }

  /// Fails with an [UnfitException] for what is booked and does not fit, with 412 when the version
  /// is another by now, and with `DuplicateKeyException` when another one has its number.
  ///
  /// @param wanted the restaurant as it is to be, with the version that it replaces
  /// @param keep whether what is booked at times that are not open any more stays booked
  Mono<Restaurant> replace(Restaurant wanted, boolean keep) {
    Function<Reservation, @Nullable Unfit> check = new Unfit.Check(wanted)::of;
    return transaction
        .transactional(
            held(wanted.id(), wanted.version())
                .then(fits(wanted, check, keep))
                .then(update(wanted))
                .then(removeTables(wanted))
                .then(changeTables(wanted))
                .then(restaurants.addTables(wanted)))
        .then(Mono.defer(() -> restaurants.find(wanted.id())))
        .timeout(TIMEOUT);
  }

  /// Fails as [#replace] does.
  ///
  /// @param version null whichever it is
  Mono<Void> close(Restaurant restaurant, @Nullable Long version) {
    return transaction
        .transactional(
            held(restaurant.id(), version)
                .then(fits(restaurant, it -> Unfit.of(it, Why.CLOSING), false))
                .then(
                    database
                        .sql(
                            """
                            UPDATE restaurant SET closed_at = now(), version = nextval('restaurant_version')
                            WHERE id = :id
                            """)
                        .bind("id", restaurant.id())
                        .then()))
        .timeout(TIMEOUT);
  }

  /// Until the end of the transaction.
  private Mono<Void> held(UUID id, @Nullable Long version) {
    return database
        .sql(
            "SELECT version, closed_at IS NOT NULL AS closed FROM restaurant WHERE id = :id FOR NO KEY UPDATE")
        .bind("id", id)
        .map(row -> {
          if (required(row, "closed", Boolean.class)) {
            throw problem(HttpStatus.CONFLICT, "closedAt: the restaurant has closed for good");
          } else if (version != null && !version.equals(row.get("version", Long.class))) {
            throw problem(
                HttpStatus.PRECONDITION_FAILED,
                "version: the restaurant was changed meanwhile; get it again");
          }
          return id;
        })
        .one()
        .then();
  }

  private Mono<Void> fits(
      Restaurant restaurant, Function<Reservation, @Nullable Unfit> check, boolean keep) {
    return reservations
        .upcoming(restaurant)
        .flatMapIterable(it -> {
          Unfit unfit = check.apply(it);
          return unfit == null || keep && unfit.mayStay() ? List.of() : List.of(unfit);
        })
        .collectList()
        .flatMap(unfit -> unfit.isEmpty() ? Mono.empty() : Mono.error(new UnfitException(unfit)));
  }

  private Mono<Void> update(Restaurant wanted) {
    return restaurants
        .bound(
            database.sql(
                """
                UPDATE restaurant SET name = :name, phone = :phone, time_zone = :zone, hours = :hours,
                  slot_minutes = :slot, stay_minutes = :stay, lead_minutes = :lead, days_ahead = :ahead,
                  min_party = :min, max_party = :max, version = nextval('restaurant_version')
                WHERE id = :id
                """),
            wanted)
        .then();
  }

  private Mono<Void> removeTables(Restaurant wanted) {
    return database
        .sql(
            """
            UPDATE restaurant_table SET removed_at = now()
            WHERE restaurant_id = :id AND removed_at IS NULL AND name <> ALL (:names)
            """)
        .bind("id", wanted.id())
        .bind("names", wanted.tables().stream().map(Restaurant.Table::name).toArray(String[]::new))
        .then();
  }

  private Mono<Void> changeTables(Restaurant wanted) {
    return database
        .sql(
            """
            UPDATE restaurant_table it SET seats = t.seats
            FROM jsonb_to_recordset(:tables) AS t(name text, seats int)
            WHERE it.restaurant_id = :id AND it.removed_at IS NULL AND it.name = t.name
            """)
        .bind("id", wanted.id())
        .bind("tables", Rows.json(wanted.tables()))
        .then();
  }

  private static ResponseStatusException problem(HttpStatus status, String detail) {
    return new ResponseStatusException(status, detail);
  }
}
