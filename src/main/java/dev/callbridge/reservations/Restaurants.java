package dev.callbridge.reservations;

import static dev.callbridge.reservations.Rows.TIMEOUT;
import static dev.callbridge.reservations.Rows.bind;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import org.springframework.stereotype.Component;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The restaurants whose books we keep.
@Component
class Restaurants {

  private static final String SELECT =
      """
      SELECT r.*, (
        SELECT coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'seats', t.seats) ORDER BY t.id), '[]')
        FROM restaurant_table t WHERE t.restaurant_id = r.id AND t.removed_at IS NULL) AS tables
      FROM restaurant r
      """;

  private final DatabaseClient database;
  private final TransactionalOperator transaction;

  Restaurants(DatabaseClient database, TransactionalOperator transaction) {
    this.database = database;
    this.transaction = transaction;
  }

  Mono<Restaurant> find(UUID id) {
    return database
        .sql(SELECT + "WHERE r.id = :id")
        .bind("id", id)
        .map(Rows::restaurant)
        .one()
        .timeout(TIMEOUT);
  }

  /// By name, those after `after` where it is given.
  ///
  /// @param closed whether those too that have closed
  Flux<Restaurant> list(@Nullable UUID after, int limit, boolean closed) {
    return bind(
            database.sql(
                SELECT
                    + """
                    WHERE (CAST(:after AS uuid) IS NULL
                        OR (r.name, r.id) > (SELECT o.name, o.id FROM restaurant o WHERE o.id = :after))
                      AND (:closed OR r.closed_at IS NULL)
                    ORDER BY r.name, r.id LIMIT :limit
                    """),
            "after",
            after,
            UUID.class)
        .bind("limit", limit)
        .bind("closed", closed)
        .map(Rows::restaurant)
        .all()
        .timeout(TIMEOUT);
  }

  /// The restaurant that a call is about: the one whose number is one end of it. Only where that is
  /// none's does the name count, and without a name the only restaurant there is.
  Mono<Restaurant> of(UUID callId, @Nullable String name) {
    return database
        .sql(
            SELECT
                + """
                JOIN call c ON c.id = :call
                LEFT JOIN restaurant o ON o.phone IN (c.from_number, c.to_number) AND o.closed_at IS NULL
                WHERE r.closed_at IS NULL AND CASE
                  WHEN o.id IS NOT NULL THEN r.id = o.id
                  WHEN :name <> '' THEN lower(r.name) = lower(:name)
                  ELSE NOT EXISTS (SELECT 1 FROM restaurant other WHERE other.id <> r.id AND other.closed_at IS NULL) END
                LIMIT 2
                """)
        .bind("call", callId)
        .bind("name", name == null ? "" : name)
        .map(Rows::restaurant)
        .all()
        .collectList()
        .flatMap(
            found -> found.size() == 1 ? Mono.just(found.getFirst()) : Mono.<Restaurant>empty())
        .timeout(TIMEOUT);
  }

  /// @return an error of `DuplicateKeyException` when another one has that number
  Mono<Restaurant> create(Restaurant restaurant) {
    return transaction
        .transactional(insert(restaurant).then(addTables(restaurant)))
        .then(find(restaurant.id()))
        .timeout(TIMEOUT);
  }

  private Mono<Void> insert(Restaurant restaurant) {
    return bound(
            database.sql(
                """
                INSERT INTO restaurant (id, name, phone, time_zone, hours, slot_minutes, stay_minutes, lead_minutes,
                  days_ahead, min_party, max_party)
                VALUES (:id, :name, :phone, :zone, :hours, :slot, :stay, :lead, :ahead, :min, :max)
                """),
            restaurant)
        .then();
  }

  /// Binds all of a restaurant's own columns.
  GenericExecuteSpec bound(GenericExecuteSpec statement, Restaurant restaurant) {
    return statement
        .bind("id", restaurant.id())
        .bind("name", restaurant.name())
        .bind("phone", restaurant.phone())
        .bind("zone", restaurant.zone().getId())
        .bind("hours", Rows.json(restaurant.hours()))
        .bind("slot", Math.toIntExact(restaurant.slot().toMinutes()))
        .bind("stay", Math.toIntExact(restaurant.stay().toMinutes()))
        .bind("lead", Math.toIntExact(restaurant.lead().toMinutes()))
        .bind("ahead", restaurant.daysAhead())
        .bind("min", restaurant.minParty())
        .bind("max", restaurant.maxParty());
  }

  /// Those that are not there yet.
  Mono<Void> addTables(Restaurant restaurant) {
    return database
        .sql(
            """
            INSERT INTO restaurant_table (restaurant_id, name, seats)
            SELECT :id, t.name, t.seats FROM jsonb_to_recordset(:tables) AS t(name text, seats int)
            ON CONFLICT DO NOTHING
            """)
        .bind("id", restaurant.id())
        .bind("tables", Rows.json(restaurant.tables()))
        .then();
  }
}
