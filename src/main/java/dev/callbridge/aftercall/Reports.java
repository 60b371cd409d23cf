package dev.callbridge.aftercall;

import dev.callbridge.elevenlabs.ConversationReport;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Conversations' reports in PostgreSQL, by conversation id. One that is no call's of ours waits in
/// quarantine: its call may be about to say so.
@Component
class Reports {

  enum Source {
    WEBHOOK,
    FETCH
  }

  /// The evidence that names a conversation is written within a minute or two, or never.
  private static final Duration ADOPTION = Duration.ofHours(1);

  private static final Duration QUARANTINE = Duration.ofDays(7);
  private static final Duration RECEIPTS = Duration.ofDays(30);

  private final DatabaseClient database;

  Reports(DatabaseClient database) {
    this.database = database;
  }

  /// The call that had that conversation, the newest where several claim it.
  Mono<UUID> callOf(String conversationId) {
    return database
        .sql(
            """
            SELECT call_id FROM call_event
            WHERE kind = 'AGENT_CONNECTED' AND details ->> 'conversationId' = :conversation
            ORDER BY call_id DESC LIMIT 1
            """)
        .bind("conversation", conversationId)
        .map(row -> Objects.requireNonNull(row.get("call_id", UUID.class)))
        .one()
        .timeout(Tasks.TIMEOUT);
  }

  /// Stores a report, or what a later one adds to it. What is known stays known.
  Mono<Void> put(ConversationReport report, Source source) {
    return upsert("conversation_report", report, source);
  }

  Mono<Void> quarantine(ConversationReport report) {
    return upsert("conversation_quarantine", report, Source.WEBHOOK);
  }

  private Mono<Void> upsert(String table, ConversationReport report, Source source) {
    GenericExecuteSpec upsert =
        database
            .sql(
                """
                INSERT INTO %1$s AS r (conversation_id, source, agent_id, status, successful, title,
                  summary, evaluation, collected, duration_seconds, credits, usd, termination_reason)
                VALUES (:id, :source, :agent, :status, :successful, :title, :summary,
                  CAST(:evaluation AS json), CAST(:collected AS json), :duration, :credits, :usd, :reason)
                ON CONFLICT (conversation_id) DO UPDATE SET
                  status = excluded.status,
                  agent_id = coalesce(excluded.agent_id, r.agent_id),
                  successful = coalesce(excluded.successful, r.successful),
                  title = coalesce(excluded.title, r.title),
                  summary = coalesce(excluded.summary, r.summary),
                  evaluation = coalesce(excluded.evaluation, r.evaluation),
                  collected = coalesce(excluded.collected, r.collected),
                  duration_seconds = coalesce(excluded.duration_seconds, r.duration_seconds),
                  credits = coalesce(excluded.credits, r.credits),
                  usd = coalesce(excluded.usd, r.usd),
                  termination_reason = coalesce(excluded.termination_reason, r.termination_reason)
                """
                    .formatted(table))
            .bind("id", report.conversationId())
            .bind("source", source.name())
            .bind("status", report.status());
    upsert = bind(upsert, "agent", report.agentId(), String.class);
    upsert = bind(upsert, "successful", report.successful(), String.class);
    upsert = bind(upsert, "title", report.title(), String.class);
    upsert = bind(upsert, "summary", report.summary(), String.class);
    upsert = bind(upsert, "evaluation", report.evaluation(), String.class);
    upsert = bind(upsert, "collected", report.collected(), String.class);
    upsert = bind(upsert, "duration", report.durationSeconds(), Integer.class);
    upsert = bind(upsert, "credits", report.credits(), Long.class);
    upsert = bind(upsert, "usd", report.usd(), BigDecimal.class);
    upsert = bind(upsert, "reason", report.terminationReason(), String.class);
    return upsert.then().timeout(Tasks.TIMEOUT);
  }

  private static GenericExecuteSpec bind(
      GenericExecuteSpec statement, String name, @Nullable Object value, Class<?> type) {
    return value == null ? statement.bindNull(name, type) : statement.bind(name, value);
  }

  /// Notes that a webhook came.
  ///
  /// @return how often that one has come, 1 for the first time
  Mono<Integer> received(String type, String conversationId, @Nullable String detail) {
    GenericExecuteSpec receipt =
        database
            .sql(
                """
                INSERT INTO webhook_receipt AS r (type, conversation_id, detail)
                VALUES (:type, :conversation, :detail)
                ON CONFLICT (type, conversation_id) DO UPDATE SET deliveries = r.deliveries + 1
                RETURNING deliveries
                """)
            .bind("type", type)
            .bind("conversation", conversationId);
    return bind(receipt, "detail", detail, String.class)
        .map(row -> Objects.requireNonNull(row.get("deliveries", Integer.class)))
        .one()
        .timeout(Tasks.TIMEOUT);
  }

  /// Takes what has turned out to be ours out of quarantine.
  ///
  /// @return their conversation ids
  Flux<String> adopt() {
    return database
        .sql(
            """
            WITH ours AS (
              DELETE FROM conversation_quarantine q
              WHERE q.received_at > now() - :seconds * interval '1 second' AND EXISTS (
                SELECT 1 FROM call_event e
                WHERE e.kind = 'AGENT_CONNECTED' AND e.details ->> 'conversationId' = q.conversation_id)
              RETURNING q.*)
            INSERT INTO conversation_report SELECT * FROM ours ON CONFLICT DO NOTHING
            RETURNING conversation_id
            """)
        .bind("seconds", (double) ADOPTION.toSeconds())
        .map(row -> Objects.requireNonNull(row.get("conversation_id", String.class)))
        .all()
        .timeout(Tasks.TIMEOUT);
  }

  /// Forgets what was never ours, and which webhooks came long ago.
  Mono<Void> purge() {
    return Mono.when(
        purge("conversation_quarantine", QUARANTINE), purge("webhook_receipt", RECEIPTS));
  }

  private Mono<Void> purge(String table, Duration age) {
    return database
        .sql("DELETE FROM " + table + " WHERE received_at < now() - :days * interval '1 day'")
        .bind("days", (double) age.toDays())
        .then()
        .timeout(Tasks.TIMEOUT);
  }
}
