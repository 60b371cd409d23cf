package dev.callbridge.call;

import static dev.callbridge.call.CallRows.bind;

import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// Calls and their evidence in PostgreSQL. Every wait is bounded.
@Component
public class CallStore {

  /// Longer, and the database counts as away.
  static final Duration TIMEOUT = Duration.ofSeconds(2);

  /// A connection that ended under a statement: another one is tried. For what may be done twice.
  static final Retry BROKEN =
      Retry.max(2)
          .filter(DataAccessResourceFailureException.class::isInstance)
          .onRetryExhaustedThrow((_, last) -> last.failure());

  private final DatabaseClient database;
  private final EvidenceRows rows;

  CallStore(DatabaseClient database, EvidenceRows rows) {
    this.database = database;
    this.rows = rows;
  }

  /// A request that must have one effect however often it comes.
  ///
  /// @param apiKey the name of the key it came with
  /// @param hash of the body: the same key with another body is another request
  public record Idempotency(String apiKey, String key, byte[] hash) {}

  /// What a new call is stored as, and what [#bindNew] gives for it.
  static final String COLUMNS =
      """
      id, direction, carrier, assistant, from_number, to_number, variables, metadata, first_message, language,
      voice_id, machine_detection, ring_timeout_seconds, max_duration_seconds, api_key, idempotency_key,
      request_hash\
      """;

  static final String VALUES =
      """
      :id, :direction, :carrier, :assistant, :from, :to, :variables, :metadata, :firstMessage, :language,
      :voiceId, :machineDetection, :ringTimeout, :maxDuration, :apiKey, :idempotencyKey,
      :hash\
      """;

  /// Stores a new call, before anything is done about it. Quotas are held by [CallQuotas].
  ///
  /// @return empty when a call with that idempotency key is there already
  public Mono<Call> create(UUID id, CallPlan plan, @Nullable Idempotency once) {
    String insert =
        "INSERT INTO call (%s) VALUES (%s) ON CONFLICT (api_key, idempotency_key) DO NOTHING RETURNING *";
    return bindNew(database.sql(insert.formatted(COLUMNS, VALUES)), id, plan, once)
        .map(CallRows::call)
        .one()
        .timeout(TIMEOUT);
  }

  static GenericExecuteSpec bindNew(
      GenericExecuteSpec insert, UUID id, CallPlan plan, @Nullable Idempotency once) {
    GenericExecuteSpec bound = bindPlan(insert, id, plan);
    bound = bind(bound, "apiKey", once == null ? null : once.apiKey(), String.class);
    bound = bind(bound, "idempotencyKey", once == null ? null : once.key(), String.class);
    return bind(bound, "hash", once == null ? null : once.hash(), byte[].class);
  }

  /// Stores the call of that webhook's sid with this first evidence, in one round trip, or finds
  /// it: Twilio may ask twice. It was created when the webhook came, however late that is told.
  public Mono<Call> createInbound(UUID id, CallPlan plan, CallEvent webhook) {
    String sid = webhook.details().getOrDefault("CallSid", "");
    CallTruth truth = CallTruth.of(List.of(webhook));
    GenericExecuteSpec insert =
        bindPlan(
                database.sql(
                    """
                    WITH created AS (
                      INSERT INTO call (id, direction, carrier, assistant, from_number, to_number, variables, metadata,
                        first_message, language, voice_id, machine_detection, ring_timeout_seconds,
                        max_duration_seconds, twilio_call_sid, state, answered_at, events_seen, created_at)
                      VALUES (:id, :direction, :carrier, :assistant, :from, :to, :variables, :metadata,
                        :firstMessage, :language, :voiceId, :machineDetection, :ringTimeout,
                        :maxDuration, :sid, :state, :answered, 1, least(now(), :at))
                      ON CONFLICT (twilio_call_sid) DO NOTHING
                      RETURNING *),
                    evidence AS (
                      INSERT INTO call_event (call_id, kind, source, source_key, at, details)
                      SELECT id, :kind, :source, :key, :at, :details FROM created)
                    SELECT * FROM created
                    """),
                id,
                plan)
            .bind("sid", sid)
            .bind("state", truth.state().name());
    insert = bindEvent(insert, webhook);
    return bind(insert, "answered", truth.timings().answered(), Instant.class)
        .map(CallRows::call)
        .one()
        .retryWhen(BROKEN)
        .timeout(TIMEOUT)
        .switchIfEmpty(
            Mono.defer(() -> findByTwilioSid(sid)).flatMap(call -> append(webhook.of(call.id()))));
  }

  private static GenericExecuteSpec bindPlan(GenericExecuteSpec insert, UUID id, CallPlan plan) {
    GenericExecuteSpec bound =
        insert
            .bind("id", id)
            .bind("direction", plan.direction().name())
            .bind("carrier", plan.carrier().name())
            .bind("assistant", plan.assistant())
            .bind("from", plan.from())
            .bind("to", plan.to())
            .bind("variables", CallRows.json(plan.variables()))
            .bind("metadata", CallRows.json(plan.metadata()))
            .bind("machineDetection", plan.machineDetection())
            .bind("ringTimeout", Math.toIntExact(plan.ringTimeout().toSeconds()))
            .bind("maxDuration", Math.toIntExact(plan.maxDuration().toSeconds()));
    bound = bind(bound, "firstMessage", plan.firstMessage(), String.class);
    bound = bind(bound, "language", plan.language(), String.class);
    return bind(bound, "voiceId", plan.voiceId(), String.class);
  }

  private static GenericExecuteSpec bindEvent(GenericExecuteSpec insert, CallEvent event) {
    return insert
        .bind("kind", event.kind().name())
        .bind("source", event.source().name())
        .bind("key", event.key())
        .bind("at", event.at())
        .bind("details", CallRows.json(event.details()));
  }

  /// Adds one piece of evidence and lets the row follow.
  ///
  /// @return the call as it now is, whether or not the event was new; empty for an unknown call
  public Mono<Call> append(CallEvent event) {
    return appendAll(List.of(event)).flatMapIterable(calls -> calls).next();
  }

  /// Adds several at once, of one call or of many.
  ///
  /// Nothing is locked: a row is written by whoever has seen the most evidence. What follows from a
  /// set of events is the same for all who see it, and sets only grow.
  ///
  /// @return the calls as they now are, those that are not known left out
  public Mono<List<Call>> appendAll(Collection<CallEvent> events) {
    return rows.append(events).retryWhen(BROKEN).timeout(TIMEOUT);
  }

  /// Adds an event that gives the right to do something once, to a call that is not over.
  ///
  /// @return whether the right is this caller's
  public Mono<Boolean> claim(CallEvent event) {
    GenericExecuteSpec insert =
        database
            .sql(
                """
                INSERT INTO call_event (call_id, kind, source, source_key, at, details)
                SELECT id, :kind, :source, :key, :at, :details FROM call
                WHERE id = :id AND state <> 'ENDED'
                ON CONFLICT DO NOTHING
                """)
            .bind("id", event.callId());
    return bindEvent(insert, event)
        .fetch()
        .rowsUpdated()
        .map(added -> added == 1)
        .delayUntil(_ -> rows.follow(event.callId()))
        .timeout(TIMEOUT);
  }

  public Mono<Call> find(UUID id) {
    return database
        .sql("SELECT * FROM call WHERE id = :id")
        .bind("id", id)
        .map(CallRows::call)
        .one()
        .retryWhen(BROKEN)
        .timeout(TIMEOUT);
  }

  public Mono<Call> findByTwilioSid(String sid) {
    return database
        .sql("SELECT * FROM call WHERE twilio_call_sid = :sid")
        .bind("sid", sid)
        .map(CallRows::call)
        .one()
        .retryWhen(BROKEN)
        .timeout(TIMEOUT);
  }

  /// The call that was made with that idempotency key, and whether the request was the same one.
  public record Earlier(Call call, boolean sameRequest) {}

  public Mono<Earlier> findEarlier(Idempotency once) {
    return database
        .sql(
            """
            SELECT *, request_hash = :hash AS same FROM call
            WHERE api_key = :apiKey AND idempotency_key = :key
            """)
        .bind("hash", once.hash())
        .bind("apiKey", once.apiKey())
        .bind("key", once.key())
        .map(row -> new Earlier(CallRows.call(row), CallRows.required(row, "same", Boolean.class)))
        .one()
        .timeout(TIMEOUT);
  }

  /// In the order of storing, which is the stream's too.
  public Flux<CallEvent> events(UUID id) {
    return database
        .sql("SELECT * FROM call_event WHERE call_id = :id ORDER BY xact, id")
        .bind("id", id)
        .map((Readable row) -> CallRows.event(row))
        .all()
        .collectList()
        .retryWhen(BROKEN)
        .timeout(TIMEOUT)
        .flatMapIterable(events -> events);
  }
}
