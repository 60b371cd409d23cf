package dev.callbridge.steering;

import static dev.callbridge.steering.CommandRows.bind;

import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallStore.Idempotency;
import dev.callbridge.steering.Given.Earlier;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Commands in PostgreSQL, through which they find the instance that has the call: whoever the call
/// belongs to by its evidence, and whose lease is good. Each is taken once, and settled once.
///
/// What is begun here is finished, whoever stops waiting: a query that is given up as it is written
/// is never released.
@Component
public class CommandStore {

  /// Longer, and the database counts as away.
  static final Duration TIMEOUT = Duration.ofSeconds(2);

  /// Of one call.
  static final int MAX_OF_A_CALL = 200;

  private static final int MAX_AT_ONCE = 64;

  private static final String GIVEN =
      """
      SELECT k.id, k.call_id, k.kind, k.state, k.reason, k.given_at, c.state = 'ENDED' AS call_over,
        k.expires_at < now() AS overdue
      """;

  private final DatabaseClient database;

  CommandStore(DatabaseClient database) {
    this.database = database;
  }

  /// Stores a command for a call whose agent is connected, and that it was given as evidence.
  ///
  /// @param patience how long it may be taken
  /// @return empty when the call is not such, has had too many, or the key was used before
  Mono<Given> give(Command command, @Nullable Idempotency once, Duration patience, Instant now) {
    GenericExecuteSpec insert =
        database
            .sql(
                """
                WITH given AS (
                  INSERT INTO call_command (id, call_id, kind, details, audio, given_by, idempotency_key, request_hash, expires_at)
                  SELECT :id, c.id, :kind, :details, :audio, :by, :key, :hash, now() + make_interval(secs => :patience)
                  FROM call c WHERE c.id = :call AND c.state = 'CONNECTED'
                    AND (SELECT count(*) FROM call_command WHERE call_id = c.id) < :most
                  ON CONFLICT DO NOTHING RETURNING *),
                evidence AS (
                  INSERT INTO call_event (call_id, kind, source, source_key, at, details)
                  SELECT call_id, :event, 'API', id::text, :at, :evidence FROM given)
                SELECT id, call_id, kind, state, reason, given_at, false AS call_over, false AS overdue FROM given
                """)
            .bind("id", command.id())
            .bind("call", command.callId())
            .bind("kind", command.what().kind().name())
            .bind("details", CommandRows.details(command.what()))
            .bind("by", command.givenBy())
            .bind("patience", patience.toMillis() / 1000.0)
            .bind("most", MAX_OF_A_CALL)
            .bind("event", Kind.COMMAND.name())
            .bind("at", now)
            .bind("evidence", CommandRows.json(command.evidence()));
    insert = bind(insert, "audio", CommandRows.audio(command.what()), byte[].class);
    insert = bind(insert, "key", once == null ? null : once.key(), String.class);
    return bind(insert, "hash", once == null ? null : once.hash(), byte[].class)
        .map(CommandRows::given)
        .one()
        .timeout(TIMEOUT)
        .cache();
  }

  Mono<Earlier> earlier(Idempotency once) {
    return database
        .sql(
            GIVEN
                + """
                , k.request_hash = :hash AS same FROM call_command k JOIN call c ON c.id = k.call_id
                WHERE k.given_by = :by AND k.idempotency_key = :key
                """)
        .bind("hash", once.hash())
        .bind("by", once.apiKey())
        .bind("key", once.key())
        .map(row ->
            new Earlier(
                CommandRows.given(row), Boolean.TRUE.equals(row.get("same", Boolean.class))))
        .one()
        .timeout(TIMEOUT)
        .cache();
  }

  Mono<Given> find(UUID id) {
    return database
        .sql(GIVEN + " FROM call_command k JOIN call c ON c.id = k.call_id WHERE k.id = :id")
        .bind("id", id)
        .map(CommandRows::given)
        .one()
        .timeout(TIMEOUT)
        .cache();
  }

  /// Takes what waits for calls of this instance, in the order it was given.
  ///
  /// @param instance who asks; one whose lease has run out gets nothing
  public Mono<List<Command>> take(UUID instance) {
    return database
        .sql(
            """
            UPDATE call_command SET state = 'TAKEN', taken_by = :instance, taken_at = now()
            WHERE id IN (
              SELECT k.id FROM call_command k JOIN call c ON c.id = k.call_id
              WHERE k.state = 'WAITING' AND k.expires_at > now() AND c.owner = :instance AND c.state = 'CONNECTED'
                AND EXISTS (SELECT 1 FROM relay_instance i WHERE i.id = :instance AND i.lease_until > now())
              ORDER BY k.given_at, k.id LIMIT :most FOR UPDATE OF k SKIP LOCKED)
            RETURNING id, call_id, kind, details, audio, given_by
            """)
        .bind("instance", instance)
        .bind("most", MAX_AT_ONCE)
        .map(CommandRows::command)
        .all()
        .collectSortedList(Comparator.comparing(Command::id))
        .timeout(TIMEOUT)
        .cache();
  }

  /// Says what came of a command that this instance took. Again changes nothing.
  public Mono<Void> settle(UUID id, UUID instance, Settled settled) {
    return bind(
            database
                .sql(
                    """
                    UPDATE call_command SET state = :state, reason = :reason, settled_at = now(), details = '{}', audio = NULL
                    WHERE id = :id AND state = 'TAKEN' AND taken_by = :instance
                    """)
                .bind("id", id)
                .bind("instance", instance)
                .bind("state", CommandRows.state(settled).name()),
            "reason",
            settled.why() == null ? null : settled.word(),
            String.class)
        .then()
        .timeout(TIMEOUT)
        .cache();
  }
}
