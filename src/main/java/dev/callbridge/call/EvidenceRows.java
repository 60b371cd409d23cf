package dev.callbridge.call;

import static dev.callbridge.call.CallRows.bind;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// Adds evidence and lets the call's row follow.
///
/// No lock is held from reading to writing: the row is written by whoever has seen the most
/// evidence. What follows from a set of events is the same for all who see it, and sets only grow.
@Component
final class EvidenceRows {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  private final DatabaseClient database;
  private final List<CallEnd> ends;

  /// @param ends who is told of each call's end
  EvidenceRows(DatabaseClient database, List<CallEnd> ends) {
    this.database = database;
    this.ends = List.copyOf(ends);
  }

  Mono<Call> append(UUID callId, List<CallEvent> events) {
    return insert(callId, events)
        // Also when none was new: whoever stored them may not have lived to see to the row.
        .then(Mono.defer(() -> follow(callId)))
        .retryWhen(
            Retry.max(2)
                .filter(DataIntegrityViolationException.class::isInstance)
                .onRetryExhaustedThrow((_, last) -> last.failure()));
  }

  /// An instance that was given up for dead says no more about its sessions.
  private Mono<Void> insert(UUID callId, List<CallEvent> events) {
    return database
        .sql(
            """
            INSERT INTO call_event (call_id, kind, source, source_key, at, details)
            SELECT c.id, e.kind, e.source, e.key, e.at, e.details
            FROM call c, jsonb_to_recordset(:events)
              AS e(kind text, source text, key text, at timestamptz, details jsonb)
            WHERE c.id = :call
              AND (e.source <> 'RELAY' OR e.details->>'session' IS NULL
                OR (e.details->>'session')::int > c.fenced_session)
            ON CONFLICT DO NOTHING
            """)
        .bind("call", callId)
        .bind("events", CallRows.json(events))
        .then();
  }

  private Mono<Call> find(UUID callId) {
    return database
        .sql("SELECT * FROM call WHERE id = :id")
        .bind("id", callId)
        .map(CallRows::call)
        .one();
  }

  Mono<Call> follow(UUID callId) {
    return database
        .sql(
            """
            SELECT c.*, (
              SELECT jsonb_agg(jsonb_build_object('kind', e.kind, 'source', e.source,
                'key', e.source_key, 'at', e.at, 'details', e.details))
              FROM call_event e WHERE e.call_id = c.id) AS evidence
            FROM call c WHERE c.id = :id
            """)
        .bind("id", callId)
        .map(row -> new Known(CallRows.call(row), CallRows.events(row, callId)))
        .one()
        .flatMap(known -> update(known.call(), known.events()));
  }

  private record Known(Call call, List<CallEvent> events) {}

  private Mono<Call> update(Call call, List<CallEvent> events) {
    CallTruth truth = call.truth().with(events);
    Evidence evidence = new Evidence(events);
    GenericExecuteSpec update =
        database
            .sql(
                """
                UPDATE call c SET state = :state, outcome = :outcome, ended_by = :endedBy, reason = :reason,
                  answered_by = :answeredBy, twilio_call_sid = coalesce(c.twilio_call_sid, :sid),
                  conversation_id = :conversation, dialed_at = :dialed, ringing_at = :ringing,
                  answered_at = :answered, agent_connected_at = :agentConnected,
                  first_agent_audio_at = :firstAudio, ended_at = :ended, events_seen = :seen,
                  owner = coalesce(:owner, c.owner), settle_after = :settleAfter, settle_tries = 0
                FROM (SELECT id, state FROM call WHERE id = :id FOR NO KEY UPDATE) before
                WHERE c.id = before.id AND c.events_seen < :seen
                RETURNING c.*, before.state <> 'ENDED' AS was_open
                """)
            .bind("id", call.id())
            .bind("seen", events.size())
            .bind("state", truth.state().name())
            .bind("settleAfter", SettleDeadline.of(call, evidence));
    CallTruth.Timings at = truth.timings();
    String owner = evidence.instance();
    update = bind(update, "owner", owner == null ? null : UUID.fromString(owner), UUID.class);
    update = bind(update, "outcome", name(truth.outcome()), String.class);
    update = bind(update, "endedBy", name(truth.endedBy()), String.class);
    update = bind(update, "reason", truth.reason(), String.class);
    update = bind(update, "answeredBy", truth.answeredBy(), String.class);
    update = bind(update, "sid", truth.twilioCallSid(), String.class);
    update = bind(update, "conversation", truth.conversationId(), String.class);
    update = bind(update, "dialed", at.dialed(), Instant.class);
    update = bind(update, "ringing", at.ringing(), Instant.class);
    update = bind(update, "answered", at.answered(), Instant.class);
    update = bind(update, "agentConnected", at.agentConnected(), Instant.class);
    update = bind(update, "firstAudio", at.firstAgentAudio(), Instant.class);
    update = bind(update, "ended", at.ended(), Instant.class);
    return update
        .map(row -> {
          Call now = CallRows.call(row);
          if (now.isOver() && CallRows.required(row, "was_open", Boolean.class)) {
            ended(now, events);
          }
          return now;
        })
        .one()
        .switchIfEmpty(Mono.defer(() -> find(call.id())));
  }

  /// Once for each call, on whichever instance had the last word.
  private void ended(Call call, List<CallEvent> events) {
    CallTruth truth = call.truth();
    Outcome outcome = Objects.requireNonNull(truth.outcome());
    LOG.atLevel(outcome.isExpected() ? Level.INFO : Level.WARN)
        .log("call {}: ended, {} by {} ({})", call.id(), outcome, truth.endedBy(), truth.reason());
    for (CallEnd end : ends) {
      try {
        end.ended(call, events);
      } catch (RuntimeException e) {
        LOG.error("call {}: its end was not counted", call.id(), e);
      }
    }
  }

  private static @Nullable String name(@Nullable Enum<?> value) {
    return value == null ? null : value.name();
  }
}
