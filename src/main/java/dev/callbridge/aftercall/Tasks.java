package dev.callbridge.aftercall;

import dev.callbridge.aftercall.AfterCallSettings.Schedule;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// What is still to be asked for after each call. The database makes the list as calls end.
@Component
class Tasks {

  static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final DatabaseClient database;

  Tasks(DatabaseClient database) {
    this.database = database;
  }

  enum Kind {
    /// What ElevenLabs says of a conversation; the key is its id.
    REPORT,
    /// What Twilio charges; the key is the call's sid.
    PRICE
  }

  record Task(UUID callId, Kind kind, String key, int attempt) {}

  /// Takes up to that many that are due. Each is out of everybody's reach until its next attempt,
  /// so one that is dropped here, or whose instance dies, comes again then.
  Flux<Task> claim(Kind kind, Schedule schedule, int limit) {
    return database
        .sql(
            """
            UPDATE after_call_task t SET attempts = t.attempts + 1,
              next_attempt_at = now() + least(:longest, :again * power(2, least(t.attempts, 20)))
                * interval '1 millisecond'
            FROM (
              SELECT call_id, kind, key FROM after_call_task
              WHERE state = 'OPEN' AND kind = :kind AND next_attempt_at <= now()
                AND created_at <= now() - :first * interval '1 millisecond'
              ORDER BY next_attempt_at LIMIT :limit FOR UPDATE SKIP LOCKED) due
            WHERE (t.call_id, t.kind, t.key) = (due.call_id, due.kind, due.key)
            RETURNING t.call_id, t.key, t.attempts
            """)
        .bind("kind", kind.name())
        .bind("first", (double) schedule.first().toMillis())
        .bind("again", (double) schedule.again().toMillis())
        .bind("longest", (double) schedule.longest().toMillis())
        .bind("limit", limit)
        .map(row ->
            new Task(
                Objects.requireNonNull(row.get("call_id", UUID.class)),
                kind,
                Objects.requireNonNull(row.get("key", String.class)),
                Objects.requireNonNull(row.get("attempts", Integer.class))))
        .all()
        .timeout(TIMEOUT);
  }

  Mono<Void> done(Task task) {
    return close(task, "DONE");
  }

  Mono<Void> giveUp(Task task) {
    return close(task, "GIVEN_UP");
  }

  private Mono<Void> close(Task task, String state) {
    return database
        .sql(
            """
            UPDATE after_call_task SET state = :state
            WHERE call_id = :call AND kind = :kind AND key = :key AND state = 'OPEN'
            """)
        .bind("state", state)
        .bind("call", task.callId())
        .bind("kind", task.kind().name())
        .bind("key", task.key())
        .then()
        .timeout(TIMEOUT);
  }

  /// Closes what has been brought meanwhile, and what nobody will bring: of conversations with an
  /// agent of our own ElevenLabs knows nothing.
  Mono<Long> settleReported() {
    return database
        .sql(
            """
            UPDATE after_call_task t SET state = 'DONE'
            WHERE t.state = 'OPEN' AND t.kind = 'REPORT' AND (t.key LIKE 'own\\_%' OR EXISTS (
              SELECT FROM conversation_report r
              WHERE r.conversation_id = t.key AND r.status IN ('done', 'failed')))
            """)
        .fetch()
        .rowsUpdated()
        .timeout(TIMEOUT);
  }

  /// Closes what has been asked for long enough.
  ///
  /// @return how many
  Mono<Long> expire(Kind kind, Schedule schedule) {
    return database
        .sql(
            """
            UPDATE after_call_task SET state = 'GIVEN_UP'
            WHERE state = 'OPEN' AND kind = :kind AND attempts > 0
              AND created_at < now() - :giveUp * interval '1 millisecond'
            """)
        .bind("kind", kind.name())
        .bind("giveUp", (double) schedule.giveUp().toMillis())
        .fetch()
        .rowsUpdated()
        .timeout(TIMEOUT);
  }
}
