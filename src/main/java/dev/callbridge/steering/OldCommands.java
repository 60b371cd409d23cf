package dev.callbridge.steering;

import static dev.callbridge.steering.CommandStore.TIMEOUT;

import dev.callbridge.call.CallEvent.Kind;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Commands that nobody settled in time: they are settled here, and what came of them is evidence.
@Component
class OldCommands {

  private final DatabaseClient database;

  OldCommands(DatabaseClient database) {
    this.database = database;
  }

  /// Settles what nobody took, so that nobody will.
  Mono<Void> takeBack(UUID id, Instant now) {
    return settleOld("k.id = :id AND k.state = 'WAITING'", now, id);
  }

  /// Settles what nobody waits for any more: who gave it is gone, or who took it. After a day
  /// commands are forgotten, and their keys are free.
  Mono<Void> tidy(Instant now) {
    return settleOld(
            """
            k.state = 'WAITING' AND k.expires_at < now() - interval '30 seconds'
              OR k.state = 'TAKEN' AND k.taken_at < now() - interval '1 minute'
            """,
            now,
            null)
        .then(
            database
                .sql("DELETE FROM call_command WHERE given_at < now() - interval '24 hours'")
                .then()
                .timeout(TIMEOUT)
                .cache());
  }

  private Mono<Void> settleOld(String which, Instant now, @Nullable UUID id) {
    var update =
        database
            .sql(
                """
                WITH old AS (
                  UPDATE call_command k SET settled_at = now(), details = '{}', audio = NULL,
                    state = CASE WHEN k.state = 'TAKEN' THEN 'UNKNOWN' WHEN c.state = 'ENDED' THEN 'REFUSED' ELSE 'EXPIRED' END,
                    reason = CASE WHEN k.state = 'TAKEN' THEN 'not_known' WHEN c.state = 'ENDED' THEN 'call_ended' ELSE 'not_taken' END
                  FROM call c WHERE c.id = k.call_id AND (%s)
                  RETURNING k.id, k.call_id, k.kind, k.reason)
                INSERT INTO call_event (call_id, kind, source, source_key, at, details)
                SELECT call_id, :event, 'RELAY', id::text, :at, jsonb_build_object('command', kind, 'result', reason)
                FROM old ON CONFLICT DO NOTHING
                """
                    .formatted(which))
            .bind("event", Kind.COMMAND_RESULT.name())
            .bind("at", now);
    return (id == null ? update : update.bind("id", id)).then().timeout(TIMEOUT).cache();
  }
}
