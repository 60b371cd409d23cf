package dev.callbridge.call;

import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Calls that are not over: who may dial them, who carries them, and which of them are overdue.
@Component
public class OpenCalls {

  /// The reason of a media session that was ended for an instance that was gone.
  public static final String INSTANCE_LOST = "instance_lost";

  private final DatabaseClient database;
  private final EvidenceRows rows;

  OpenCalls(DatabaseClient database, EvidenceRows rows) {
    this.database = database;
    this.rows = rows;
  }

  /// The right to ask the carrier for this call. It is given once, for good: whoever has it and
  /// does not live to use it leaves a call that is never dialled, not one that is dialled twice.
  public Mono<Boolean> claimDial(UUID callId) {
    return database
        .sql(
            """
            UPDATE call SET dial_claimed_at = now()
            WHERE id = :id AND dial_claimed_at IS NULL AND state <> 'ENDED'
            """)
        .bind("id", callId)
        .fetch()
        .rowsUpdated()
        .map(claimed -> claimed == 1)
        .timeout(CallStore.TIMEOUT);
  }

  /// Calls that are overdue or whose instance is gone, each to one asker; if that one does not
  /// settle it, the call comes again, later each time.
  public Flux<Call> claimOverdue(int limit) {
    return database
        .sql(
            """
            UPDATE call SET settle_tries = settle_tries + 1,
              settle_after = now() + make_interval(secs => least(300, 5 * power(2, least(settle_tries, 6)))),
              owner = CASE WHEN owner IN (SELECT id FROM relay_instance WHERE lease_until < now())
                THEN NULL ELSE owner END
            WHERE id IN (
              SELECT id FROM call
              WHERE state <> 'ENDED' AND (settle_after < now()
                OR owner IN (SELECT id FROM relay_instance WHERE lease_until < now()))
              ORDER BY settle_after LIMIT :limit FOR UPDATE SKIP LOCKED)
            RETURNING *
            """)
        .bind("limit", limit)
        .map(CallRows::call)
        .all()
        .timeout(CallStore.TIMEOUT);
  }

  /// Ends the media sessions whose instance is gone, and from then on refuses that instance's word
  /// on them: it may only have been asleep.
  ///
  /// @return the call as it now is
  public Mono<Call> endLostSessions(UUID callId) {
    return database
        .sql(
            """
            WITH lost AS (
              SELECT (m.details->>'session')::int AS session FROM call_event m
              WHERE m.call_id = :id AND m.kind = 'MEDIA_CONNECTED'
                AND NOT EXISTS (SELECT 1 FROM call_event e WHERE e.call_id = :id
                  AND e.kind = 'MEDIA_ENDED' AND e.source_key = m.source_key)
                AND NOT EXISTS (SELECT 1 FROM relay_instance i
                  WHERE i.id::text = m.details->>'instance' AND i.lease_until > now())),
            fenced AS (
              UPDATE call SET fenced_session = greatest(fenced_session, (SELECT max(session) FROM lost))
              WHERE id = :id AND EXISTS (SELECT 1 FROM lost))
            INSERT INTO call_event (call_id, kind, source, source_key, at, details)
            SELECT :id, 'MEDIA_ENDED', 'RELAY', session::text, now(), jsonb_build_object(
              'session', session::text, 'ending', 'INTERRUPTED', 'reason', :reason::text)
            FROM lost ON CONFLICT DO NOTHING
            """)
        .bind("id", callId)
        .bind("reason", INSTANCE_LOST)
        .fetch()
        .rowsUpdated()
        .then(rows.follow(callId))
        .timeout(CallStore.TIMEOUT);
  }

  /// Whether the instance that was to dial the call still lives.
  public Mono<Boolean> isDiallerAlive(UUID callId) {
    return exists(
        """
        SELECT EXISTS (SELECT 1 FROM call_event e JOIN relay_instance i ON i.id::text = e.details->>'instance'
          WHERE e.call_id = :id AND e.kind = 'CREATED' AND i.lease_until > now()) AS held
        """,
        callId);
  }

  /// Whether another open call to the same number is not known to the carrier either: what is found
  /// there could be the other's.
  public Mono<Boolean> hasDouble(UUID callId) {
    return exists(
        """
        SELECT EXISTS (SELECT 1 FROM call mine JOIN call other ON other.to_number = mine.to_number
          WHERE mine.id = :id AND other.id <> mine.id AND other.twilio_call_sid IS NULL
            AND other.dial_claimed_at IS NOT NULL AND other.state <> 'ENDED') AS held
        """,
        callId);
  }

  private Mono<Boolean> exists(String sql, UUID callId) {
    return database
        .sql(sql)
        .bind("id", callId)
        .map(row -> CallRows.required(row, "held", Boolean.class))
        .one()
        .timeout(CallStore.TIMEOUT);
  }

  /// Idempotency keys are kept for 24 hours, then free for another call; so are the names of
  /// instances long gone.
  public Mono<Void> forget() {
    return database
        .sql(
            """
            UPDATE call SET idempotency_key = NULL
            WHERE idempotency_key IS NOT NULL AND created_at < now() - interval '24 hours'
            """)
        .then()
        .then(
            database
                .sql("DELETE FROM relay_instance WHERE lease_until < now() - interval '7 days'")
                .then())
        .timeout(CallStore.TIMEOUT);
  }
}
