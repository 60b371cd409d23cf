package dev.callbridge.aftercall;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.callbridge.call.CallResource;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/// What the agent's platform made of a call's last conversation.
@RestController
@RequestMapping(CallResource.PATH)
class AnalysisQueries {

  private final DatabaseClient database;

  AnalysisQueries(DatabaseClient database) {
    this.database = database;
  }

  enum Status {
    AVAILABLE,
    /// The call is on, or the report has yet to come.
    PENDING,
    /// There was no conversation, or nobody would say anything about it.
    NONE
  }

  /// @param evaluation by criterion, in ElevenLabs's words, as is all that follows
  record Analysis(
      Status status,
      @Nullable String conversationId,
      Reports.@Nullable Source source,
      @Nullable String successful,
      @Nullable String title,
      @Nullable String summary,
      @JsonRawValue @Nullable String evaluation,
      @JsonRawValue @Nullable String collected,
      @Nullable Integer durationSeconds,
      @Nullable String terminationReason,
      @Nullable Instant receivedAt) {}

  @GetMapping("/{id}/analysis")
  Mono<Analysis> of(@PathVariable UUID id) {
    return database
        .sql(
            """
            SELECT c.state, c.conversation_id AS conversation, r.source, r.successful, r.title, r.summary,
              CAST(r.evaluation AS text) AS evaluation, CAST(r.collected AS text) AS collected,
              r.duration_seconds, r.termination_reason, r.received_at, EXISTS (
                SELECT 1 FROM after_call_task t
                WHERE t.call_id = c.id AND t.kind = 'REPORT' AND t.state = 'OPEN') AS awaited
            FROM call c LEFT JOIN conversation_report r ON r.conversation_id = c.conversation_id
            WHERE c.id = :id
            """)
        .bind("id", id)
        .map((Readable row) -> analysis(row))
        .one()
        .timeout(Tasks.TIMEOUT)
        .switchIfEmpty(
            Mono.error(() ->
                new ResponseStatusException(HttpStatus.NOT_FOUND, "no call has the id " + id)));
  }

  private static Analysis analysis(Readable row) {
    String source = row.get("source", String.class);
    boolean over = "ENDED".equals(row.get("state", String.class));
    boolean awaited = Objects.requireNonNull(row.get("awaited", Boolean.class));
    Status status =
        source != null ? Status.AVAILABLE : over && !awaited ? Status.NONE : Status.PENDING;
    return new Analysis(
        status,
        row.get("conversation", String.class),
        source == null ? null : Reports.Source.valueOf(source),
        row.get("successful", String.class),
        row.get("title", String.class),
        row.get("summary", String.class),
        row.get("evaluation", String.class),
        row.get("collected", String.class),
        row.get("duration_seconds", Integer.class),
        row.get("termination_reason", String.class),
        row.get("received_at", Instant.class));
  }
}
