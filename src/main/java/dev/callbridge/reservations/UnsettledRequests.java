package dev.callbridge.reservations;

import static dev.callbridge.reservations.Rows.TIMEOUT;

import io.r2dbc.spi.Readable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Requests whose call is over, and what is left to be done about them.
@Component
class UnsettledRequests {

  private final DatabaseClient database;

  UnsettledRequests(DatabaseClient database) {
    this.database = database;
  }

  /// Hands those to a person whose call is over and about which nobody has said anything.
  Mono<Long> leaveOver() {
    return database
        .sql(
            """
            UPDATE reservation_request r SET status = 'NEEDS_ATTENTION', updated_at = now(),
              reason = CASE WHEN r.offered_at IS NOT NULL THEN 'outside_bounds'
                WHEN c.outcome = 'COMPLETED' THEN 'nothing_agreed' ELSE 'call_' || lower(c.outcome) END
            FROM call c WHERE c.id = r.call_id AND c.state = 'ENDED' AND r.status = 'CALLING'
            """)
        .fetch()
        .rowsUpdated()
        .timeout(TIMEOUT);
  }

  /// @param collected the data points of the call's analysis, as they came
  record Analysed(ReservationRequest request, @Nullable String collected) {}

  /// Those whose call has been analysed, each to be looked at once.
  Flux<Analysed> analysed(int limit) {
    return database
        .sql(
            """
            SELECT r.*, CAST(a.collected AS text) AS collected
            FROM reservation_request r JOIN call c ON c.id = r.call_id
              JOIN conversation_report a ON a.conversation_id = c.conversation_id
            WHERE NOT r.analysed AND c.state = 'ENDED' AND a.status IN ('done', 'failed')
            ORDER BY r.id LIMIT :limit
            """)
        .bind("limit", limit)
        .map((Readable row) -> new Analysed(Rows.request(row), row.get("collected", String.class)))
        .all()
        .timeout(TIMEOUT);
  }

  Mono<Long> setAnalysed(ReservationRequest it) {
    return database
        .sql("UPDATE reservation_request SET analysed = true WHERE id = :id AND call_id = :call")
        .bind("id", it.id())
        .bind("call", Objects.requireNonNull(it.callId()))
        .fetch()
        .rowsUpdated()
        .timeout(TIMEOUT);
  }
}
