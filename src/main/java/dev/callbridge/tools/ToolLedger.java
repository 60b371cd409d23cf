package dev.callbridge.tools;

import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Which tool calls there have been, on all instances: each is run by one, and has one result.
///
/// What is begun here is finished, whoever stops waiting: a query that is given up as it is written
/// is never released.
@Component
final class ToolLedger {

  /// Longer, and the database counts as away.
  static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final DatabaseClient database;

  ToolLedger(DatabaseClient database) {
    this.database = database;
  }

  enum Turn {
    RUN,
    BUSY,
    DONE,
    SPENT,
    OTHER
  }

  /// @param known the result of before, of one that is `DONE`
  record Begun(Turn turn, @Nullable ToolResult known) {}

  /// @param runner who would run it, and says so again when it is done
  /// @param lease how long nobody else does
  /// @param budget how many its call may have
  Mono<Begun> begin(ToolUse use, UUID runner, Duration lease, int budget) {
    return database
        .sql(
            """
            SELECT * FROM begin_tool_call(:call, :id, :name, :hash, :runner,
              make_interval(secs => :lease), :budget)
            """)
        .bind("call", use.callId())
        .bind("id", use.toolCallId())
        .bind("name", use.name())
        .bind("hash", use.hash())
        .bind("runner", runner)
        .bind("lease", lease.toMillis() / 1000.0)
        .bind("budget", budget)
        .map(row -> {
          String known = row.get("known_result", String.class);
          boolean isError = Boolean.TRUE.equals(row.get("known_error", Boolean.class));
          return new Begun(
              Turn.valueOf(Objects.requireNonNull(row.get("turn", String.class))),
              known == null ? null : new ToolResult(known, isError));
        })
        .one()
        .timeout(TIMEOUT)
        .cache();
  }

  /// Stores the result, unless somebody else has taken the tool call over.
  Mono<Void> done(ToolUse use, UUID runner, ToolResult result) {
    return database
        .sql(
            """
            UPDATE tool_call SET state = 'DONE', result = :result, is_error = :error, ended_at = now()
            WHERE call_id = :call AND tool_call_id = :id AND runner = :runner AND state = 'RUNNING'
            """)
        .bind("result", result.text())
        .bind("error", result.isError())
        .bind("call", use.callId())
        .bind("id", use.toolCallId())
        .bind("runner", runner)
        .then()
        .timeout(TIMEOUT)
        .cache();
  }
}
