package dev.callbridge.reservations;

import static dev.callbridge.reservations.Rows.TIMEOUT;
import static dev.callbridge.reservations.Rows.bind;
import static dev.callbridge.reservations.Rows.required;

import com.github.f4b6a3.uuid.UuidCreator;
import io.r2dbc.spi.Readable;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// The restaurants' books. What changes one is to be part of a transaction: the book is held until
/// its end.
@Component
class Book {

  /// None that sounds or looks like another.
  private static final String LETTERS = "ACFHJKMNRTWXY3479";

  private final DatabaseClient database;
  private final SecureRandom random = new SecureRandom();

  Book(DatabaseClient database) {
    this.database = database;
  }

  /// @return empty when no table is free
  Mono<Reservation> make(Restaurant restaurant, Booking booking, Booking.Origin origin) {
    return table(restaurant, booking.start(), booking.party(), null)
        .flatMap(table -> insert(restaurant, booking, origin, table));
  }

  private Mono<Reservation> insert(
      Restaurant restaurant, Booking booking, Booking.Origin origin, int table) {
    GenericExecuteSpec insert =
        database
            .sql(
                """
                INSERT INTO reservation AS r (id, code, restaurant_id, table_id, guest_name, guest_phone, party_size,
                  period, note, made_by, call_id, tool_call_id, api_key, idempotency_key, request_hash)
                VALUES (:id, :code, :restaurant, :table, :name, :phone, :party, tstzrange(:start, :end), :note, :by,
                  :call, :toolCall, :apiKey, :once, :hash)
                RETURNING
                """
                    + Reservations.COLUMNS)
            .bind("id", UuidCreator.getTimeOrderedEpoch())
            .bind("code", code())
            .bind("restaurant", restaurant.id())
            .bind("table", table)
            .bind("name", booking.guestName())
            .bind("phone", booking.guestPhone())
            .bind("party", booking.party())
            .bind("start", booking.start())
            .bind("end", booking.start().plus(restaurant.stay()))
            .bind("by", origin.callId() == null ? "API" : "CALL");
    insert = bind(insert, "note", booking.note(), String.class);
    insert = bind(insert, "call", origin.callId(), UUID.class);
    insert = bind(insert, "toolCall", origin.toolCallId(), String.class);
    insert = bind(insert, "apiKey", origin.apiKey(), String.class);
    insert = bind(insert, "once", origin.idempotencyKey(), String.class);
    return bind(insert, "hash", origin.hash(), byte[].class).map(Rows::reservation).one();
  }

  private String code() {
    return random
        .ints(6, 0, LETTERS.length())
        .mapToObj(i -> LETTERS.substring(i, i + 1))
        .collect(Collectors.joining());
  }

  /// @return empty when none is free; fails with a [Refusal] when the restaurant is not any more as
  ///   it was read
  private Mono<Integer> table(
      Restaurant restaurant, Instant start, int party, @Nullable UUID leaving) {
    return bind(
            database
                .sql(
                    "SELECT coalesce(reservation_table(:id, :version, :party, :start, :end, :leaving), 0) AS id")
                .bind("id", restaurant.id())
                .bind("version", restaurant.version())
                .bind("party", party)
                .bind("start", start)
                .bind("end", start.plus(restaurant.stay())),
            "leaving",
            leaving,
            UUID.class)
        .map(row -> required(row, "id", Integer.class))
        .one()
        .doOnNext(id -> {
          if (id < 0) {
            throw Refusal.conflict(
                "%s has just changed its hours, tables or rules. Look at it again."
                    .formatted(restaurant.name()));
          }
        })
        .filter(id -> id > 0);
  }

  /// @return empty when no table is free, or it is not booked any more
  Mono<Reservation> move(Restaurant restaurant, UUID id, Instant start, int party) {
    return table(restaurant, start, party, id)
        .flatMap(table ->
            database
                .sql(
                    """
                    UPDATE reservation r SET table_id = :table, party_size = :party,
                      period = tstzrange(:start, :end), updated_at = now()
                    WHERE id = :id AND status = 'BOOKED' RETURNING
                    """
                        + Reservations.COLUMNS)
                .bind("table", table)
                .bind("party", party)
                .bind("start", start)
                .bind("end", start.plus(restaurant.stay()))
                .bind("id", id)
                .map(Rows::reservation)
                .one());
  }

  /// @return empty when it is not booked any more
  Mono<Reservation> close(UUID id, Reservation.Status status) {
    return database
        .sql(
            """
            UPDATE reservation r SET status = :status, updated_at = now()
            WHERE id = :id AND status = 'BOOKED' RETURNING
            """
                + Reservations.COLUMNS)
        .bind("status", status.name())
        .bind("id", id)
        .map(Rows::reservation)
        .one();
  }

  /// Those of the given times, in order, at which a table is free for so many.
  ///
  /// @param leaving a reservation that would be given up for it
  Mono<List<Instant>> free(
      Restaurant restaurant, int party, List<Instant> starts, @Nullable UUID leaving) {
    if (starts.isEmpty()) {
      return Mono.just(List.of());
    }
    return bind(
            database
                .sql(
                    """
                    SELECT t.id, lower(r.period) AS starts, upper(r.period) AS ends
                    FROM restaurant_table t LEFT JOIN reservation r ON r.table_id = t.id
                      AND r.status IN ('BOOKED', 'ARRIVED') AND r.id IS DISTINCT FROM :leaving
                      AND upper(r.period) > :from AND lower(r.period) < :until
                    WHERE t.restaurant_id = :restaurant AND t.removed_at IS NULL AND t.seats >= :party
                    """)
                .bind("from", Collections.min(starts))
                .bind("until", Collections.max(starts).plus(restaurant.stay()))
                .bind("restaurant", restaurant.id())
                .bind("party", party),
            "leaving",
            leaving,
            UUID.class)
        .map((Readable row) ->
            new TableTimes.Taken(
                required(row, "id", Integer.class),
                row.get("starts", Instant.class),
                row.get("ends", Instant.class)))
        .all()
        .collectList()
        .map(taken -> new TableTimes(taken).free(starts, restaurant.stay()))
        .timeout(TIMEOUT);
  }
}
