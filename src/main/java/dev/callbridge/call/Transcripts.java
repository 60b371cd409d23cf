package dev.callbridge.call;

import static dev.callbridge.call.CallRows.bind;
import static dev.callbridge.call.CallRows.required;

import java.time.Instant;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// What was said in each call.
@Component
public class Transcripts {

  private final DatabaseClient database;

  Transcripts(DatabaseClient database) {
    this.database = database;
  }

  /// Stores a turn, or what is now known of it.
  public Mono<Void> put(UUID callId, Turn turn) {
    var upsert =
        database
            .sql(
                """
                INSERT INTO transcript_turn (call_id, position, role, text, heard, corrected, interrupted, at)
                VALUES (:call, :position, :role, :text, :heard, :corrected, :interrupted, :at)
                ON CONFLICT (call_id, position) DO UPDATE SET text = excluded.text, heard = excluded.heard,
                  corrected = excluded.corrected, interrupted = excluded.interrupted
                """)
            .bind("call", callId)
            .bind("position", turn.position())
            .bind("role", turn.role().name())
            .bind("text", turn.text())
            .bind("heard", turn.heard())
            .bind("interrupted", turn.interrupted())
            .bind("at", turn.at());
    return bind(upsert, "corrected", turn.corrected(), String.class)
        .then()
        .timeout(CallStore.TIMEOUT);
  }

  public Flux<Turn> of(UUID callId) {
    return database
        .sql("SELECT * FROM transcript_turn WHERE call_id = :call ORDER BY position")
        .bind("call", callId)
        .map(row ->
            new Turn(
                required(row, "position", Integer.class),
                Turn.Role.valueOf(required(row, "role", String.class)),
                required(row, "text", String.class),
                required(row, "heard", String.class),
                row.get("corrected", String.class),
                required(row, "interrupted", Boolean.class),
                required(row, "at", Instant.class)))
        .all()
        .timeout(CallStore.TIMEOUT);
  }
}
