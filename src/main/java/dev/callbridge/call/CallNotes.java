package dev.callbridge.call;

import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// What an agent wrote down in a call, for people to read.
@Component
public class CallNotes {

  public static final int MAX_LENGTH = 2_000;

  private final DatabaseClient database;

  CallNotes(DatabaseClient database) {
    this.database = database;
  }

  public record Note(String text, Instant at) {}

  /// @param key a note that comes twice is one
  public Mono<Void> take(UUID callId, String key, String text) {
    return database
        .sql(
            """
            INSERT INTO call_note (call_id, key, text) VALUES (:call, :key, :text)
            ON CONFLICT DO NOTHING
            """)
        .bind("call", callId)
        .bind("key", key)
        .bind("text", text)
        .then()
        .timeout(CallStore.TIMEOUT)
        // A query that is given up as it is written is never released.
        .cache();
  }

  public Flux<Note> of(UUID callId) {
    return database
        .sql("SELECT text, at FROM call_note WHERE call_id = :call ORDER BY at, key")
        .bind("call", callId)
        .map((Readable row) ->
            new Note(
                CallRows.required(row, "text", String.class),
                CallRows.required(row, "at", Instant.class)))
        .all()
        .timeout(CallStore.TIMEOUT);
  }
}
