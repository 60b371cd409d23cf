package dev.callbridge.reservations;

import static dev.callbridge.reservations.Rows.TIMEOUT;
import static dev.callbridge.reservations.Rows.bind;
import static dev.callbridge.reservations.Rows.required;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// What is, and was, booked.
@Component
class Reservations {

  /// Of a reservation `r`.
  static final String COLUMNS =
      """
      r.*, lower(r.period) AS starts, upper(r.period) AS ends,
      (SELECT t.name FROM restaurant_table t WHERE t.id = r.table_id) AS table_name
      """;

  private static final String SELECT = "SELECT " + COLUMNS + "FROM reservation r ";

  private final DatabaseClient database;

  Reservations(DatabaseClient database) {
    this.database = database;
  }

  Mono<Reservation> find(UUID id) {
    return database
        .sql(SELECT + "WHERE r.id = :id")
        .bind("id", id)
        .map(Rows::reservation)
        .one()
        .timeout(TIMEOUT);
  }

  Mono<Reservation> find(Restaurant restaurant, String code) {
    return database
        .sql(SELECT + "WHERE r.restaurant_id = :restaurant AND r.code = :code")
        .bind("restaurant", restaurant.id())
        .bind("code", code)
        .map(Rows::reservation)
        .one();
  }

  record Earlier(Reservation reservation, boolean sameRequest) {}

  /// What was booked with that idempotency key.
  Mono<Earlier> earlier(Booking.Origin origin) {
    return database
        .sql(
            "SELECT r.request_hash = :hash AS same, "
                + COLUMNS
                + "FROM reservation r WHERE r.api_key = :apiKey AND r.idempotency_key = :key")
        .bind("hash", Objects.requireNonNull(origin.hash()))
        .bind("apiKey", Objects.requireNonNull(origin.apiKey()))
        .bind("key", Objects.requireNonNull(origin.idempotencyKey()))
        .map(row -> new Earlier(Rows.reservation(row), required(row, "same", Boolean.class)))
        .one()
        .timeout(TIMEOUT);
  }

  /// Newest first, those older than `before` where it is given.
  Flux<Reservation> list(
      @Nullable UUID restaurant,
      Reservation.@Nullable Status status,
      @Nullable UUID before,
      int limit) {
    GenericExecuteSpec select =
        database
            .sql(
                SELECT
                    + """
                    WHERE (CAST(:restaurant AS uuid) IS NULL OR r.restaurant_id = :restaurant)
                      AND (CAST(:status AS text) IS NULL OR r.status = :status)
                      AND (CAST(:before AS uuid) IS NULL OR r.id < :before)
                    ORDER BY r.id DESC LIMIT :limit
                    """)
            .bind("limit", limit);
    select = bind(select, "restaurant", restaurant, UUID.class);
    select = bind(select, "status", status == null ? null : status.name(), String.class);
    return bind(select, "before", before, UUID.class).map(Rows::reservation).all().timeout(TIMEOUT);
  }

  /// Those whose guests are there or are yet to come, by time.
  Flux<Reservation> upcoming(Restaurant restaurant) {
    return database
        .sql(
            SELECT
                + """
                WHERE r.restaurant_id = :restaurant AND r.status IN ('BOOKED', 'ARRIVED')
                  AND upper(r.period) > now()
                ORDER BY lower(r.period), r.id
                """)
        .bind("restaurant", restaurant.id())
        .map(Rows::reservation)
        .all();
  }
}
