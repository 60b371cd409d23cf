package dev.callbridge.call;

import static dev.callbridge.call.CallRows.required;

import dev.callbridge.call.CallRows.SpokenTurn;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
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
    return put(List.of(SpokenTurn.of(callId, turn)));
  }

  /// Turns of many calls at once, each of them once.
  Mono<Void> put(Collection<SpokenTurn> turns) {
    return database
        .sql(
            """
            INSERT INTO transcript_turn (call_id, position, role, text, heard, corrected, interrupted, at,
                latency)
            SELECT c.id, t.position, t.role, t.text, t.heard, t.corrected, t.interrupted, t.at, t.latency
            FROM jsonb_to_recordset(:turns) AS t(call uuid, position int, role text, text text, heard text,
                corrected text, interrupted boolean, at timestamptz, latency jsonb)
              JOIN call c ON c.id = t.call AND t.position >= c.fenced_session * :perSession
            ON CONFLICT (call_id, position) DO UPDATE SET text = excluded.text, heard = excluded.heard,
              corrected = excluded.corrected, interrupted = excluded.interrupted, latency = excluded.latency,
              xact = excluded.xact
            """)
        .bind("turns", CallRows.turns(turns))
        .bind("perSession", Turn.PER_SESSION)
        .then()
        .timeout(CallStore.TIMEOUT);
  }

  public Flux<Turn> of(UUID callId) {
    return database
        .sql("SELECT * FROM transcript_turn WHERE call_id = :call ORDER BY position")
        .bind("call", callId)
        .map((Readable row) -> turn(row))
        .all()
        .timeout(CallStore.TIMEOUT);
  }

  static Turn turn(Readable row) {
    return new Turn(
        required(row, "position", Integer.class),
        Turn.Role.valueOf(required(row, "role", String.class)),
        required(row, "text", String.class),
        required(row, "heard", String.class),
        row.get("corrected", String.class),
        required(row, "interrupted", Boolean.class),
        required(row, "at", Instant.class),
        CallRows.latency(row));
  }
}
