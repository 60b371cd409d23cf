package dev.callbridge.reservations;

import static dev.callbridge.reservations.Rows.TIMEOUT;
import static dev.callbridge.reservations.Rows.bind;
import static dev.callbridge.reservations.Rows.required;

import dev.callbridge.call.CallStore;
import dev.callbridge.reservations.ReservationRequest.DecidedBy;
import dev.callbridge.reservations.ReservationRequest.Status;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// What guests want booked elsewhere. Its status is changed here and nowhere else.
@Component
class Requests {

  private final DatabaseClient database;

  Requests(DatabaseClient database) {
    this.database = database;
  }

  /// @return an error of `DuplicateKeyException` when that key was used before
  Mono<Void> insert(ReservationRequest it, CallStore.Idempotency once) {
    GenericExecuteSpec insert =
        database
            .sql(
                """
                INSERT INTO reservation_request (id, restaurant_name, restaurant_phone, time_zone, guest_name,
                  guest_phone, party_size, wanted_at, earliest, latest, note, assistant, status, call_id, api_key,
                  idempotency_key, request_hash)
                VALUES (:id, :restaurant, :restaurantPhone, :zone, :guest, :guestPhone, :party, :wanted, :earliest,
                  :latest, :note, :assistant, :status, :call, :apiKey, :key, :hash)
                """)
            .bind("id", it.id())
            .bind("restaurant", it.restaurantName())
            .bind("restaurantPhone", it.restaurantPhone())
            .bind("zone", it.zone().getId())
            .bind("guest", it.guestName())
            .bind("party", it.partySize())
            .bind("wanted", it.wantedAt())
            .bind("earliest", it.earliest())
            .bind("latest", it.latest())
            .bind("assistant", it.assistant())
            .bind("status", it.status().name())
            .bind("apiKey", once.apiKey())
            .bind("key", once.key())
            .bind("hash", once.hash());
    insert = bind(insert, "guestPhone", it.guestPhone(), String.class);
    insert = bind(insert, "note", it.note(), String.class);
    return bind(insert, "call", it.callId(), UUID.class).then();
  }

  /// Turns to calling, from where a person may want that.
  ///
  /// @return whether it did
  Mono<Boolean> begin(UUID id, UUID callId) {
    return database
        .sql(
            """
            UPDATE reservation_request SET status = 'CALLING', call_id = :call, reason = NULL, decided_by = NULL,
              agreed_at = NULL, reference = NULL, offered_at = NULL, analysed = false, updated_at = now()
            WHERE id = :id AND status IN ('PENDING', 'NEEDS_ATTENTION') AND wanted_at > now()
            """)
        .bind("id", id)
        .bind("call", callId)
        .fetch()
        .rowsUpdated()
        .map(updated -> updated == 1);
  }

  /// Somebody's word on it. An agent's or the analysis's counts for the last call only, and never
  /// against a person's.
  ///
  /// @return empty when it does not count any more
  Mono<ReservationRequest> decide(ReservationRequest it, Decision decision) {
    GenericExecuteSpec update =
        database
            .sql(
                """
                UPDATE reservation_request SET status = :status, reason = :reason, decided_by = :by,
                  agreed_at = CASE WHEN :status = 'NEEDS_ATTENTION' THEN agreed_at ELSE :agreed END,
                  reference = coalesce(:reference, reference), offered_at = coalesce(:offered, offered_at),
                  updated_at = now()
                WHERE id = :id AND call_id IS NOT DISTINCT FROM :call
                  AND (:by = 'PERSON' OR decided_by IS DISTINCT FROM 'PERSON')
                  AND (:by <> 'PERSON' OR status <> 'CALLING')
                RETURNING *
                """)
            .bind("id", it.id())
            .bind("status", decision.status().name())
            .bind("by", decision.by().name());
    update = bind(update, "call", it.callId(), UUID.class);
    update = bind(update, "reason", decision.reason(), String.class);
    update = bind(update, "agreed", decision.agreedAt(), Instant.class);
    update = bind(update, "offered", decision.offeredAt(), Instant.class);
    return bind(update, "reference", decision.reference(), String.class).map(Rows::request).one();
  }

  /// @param offeredAt a time that may not be agreed to, null for none
  record Decision(
      Status status,
      DecidedBy by,
      @Nullable String reason,
      @Nullable Instant agreedAt,
      @Nullable String reference,
      @Nullable Instant offeredAt) {

    @Override
    public String toString() {
      return "Decision[" + status + ", " + by + "]";
    }
  }

  /// Remembers what the restaurant offered. The request stays as it is.
  Mono<Long> offered(UUID id, Instant at) {
    return database
        .sql("UPDATE reservation_request SET offered_at = :at, updated_at = now() WHERE id = :id")
        .bind("at", at)
        .bind("id", id)
        .fetch()
        .rowsUpdated();
  }

  Mono<ReservationRequest> find(UUID id) {
    return database
        .sql("SELECT * FROM reservation_request WHERE id = :id")
        .bind("id", id)
        .map(Rows::request)
        .one()
        .timeout(TIMEOUT);
  }

  /// What that call is about.
  Mono<ReservationRequest> ofCall(UUID callId) {
    return database
        .sql("SELECT * FROM reservation_request WHERE call_id = :call")
        .bind("call", callId)
        .map(Rows::request)
        .one();
  }

  record Earlier(ReservationRequest request, boolean sameRequest) {}

  Mono<Earlier> earlier(CallStore.Idempotency once) {
    return database
        .sql(
            """
            SELECT *, request_hash = :hash AS same FROM reservation_request
            WHERE api_key = :apiKey AND idempotency_key = :key
            """)
        .bind("hash", once.hash())
        .bind("apiKey", once.apiKey())
        .bind("key", once.key())
        .map((Readable row) -> new Earlier(Rows.request(row), required(row, "same", Boolean.class)))
        .one()
        .timeout(TIMEOUT);
  }

  /// Newest first, those older than `before` where it is given.
  Flux<ReservationRequest> list(@Nullable Status status, @Nullable UUID before, int limit) {
    GenericExecuteSpec select =
        database
            .sql(
                """
                SELECT * FROM reservation_request
                WHERE (CAST(:status AS text) IS NULL OR status = :status)
                  AND (CAST(:before AS uuid) IS NULL OR id < :before)
                ORDER BY id DESC LIMIT :limit
                """)
            .bind("limit", limit);
    select = bind(select, "status", status == null ? null : status.name(), String.class);
    return bind(select, "before", before, UUID.class).map(Rows::request).all().timeout(TIMEOUT);
  }
}
