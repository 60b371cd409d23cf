package dev.callbridge.call;

import static dev.callbridge.call.CallRows.bind;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// Adds evidence and lets the call's row follow.
///
/// Nothing is locked: the row is written by whoever has seen the most evidence. What follows from a
/// set of events is the same for all who see it, and sets only grow.
record EvidenceRows(DatabaseClient database) {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  Mono<Call> append(UUID callId, List<CallEvent> events) {
    return insert(callId, events)
        // Also when none was new: whoever stored them may not have lived to see to the row.
        .then(Mono.defer(() -> follow(callId)))
        .retryWhen(Retry.max(2).filter(DataIntegrityViolationException.class::isInstance));
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
                UPDATE call SET state = :state, outcome = :outcome, ended_by = :endedBy, reason = :reason,
                  answered_by = :answeredBy, twilio_call_sid = coalesce(twilio_call_sid, :sid),
                  conversation_id = :conversation, dialed_at = :dialed, ringing_at = :ringing,
                  answered_at = :answered, agent_connected_at = :agentConnected,
                  first_agent_audio_at = :firstAudio, ended_at = :ended, events_seen = :seen,
                  owner = coalesce(:owner, owner), settle_after = :settleAfter, settle_tries = 0
                WHERE id = :id AND events_seen < :seen
                RETURNING *
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
        .map(CallRows::call)
        .one()
        .doOnNext(now -> logEnd(call, now))
        .switchIfEmpty(Mono.defer(() -> find(call.id())));
  }

  private static void logEnd(Call before, Call now) {
    CallTruth truth = now.truth();
    if (now.isOver() && !before.isOver() && truth.outcome() != null) {
      Level level = truth.outcome().isExpected() ? Level.INFO : Level.WARN;
      LOG.atLevel(level)
          .log(
              "call {}: ended, {} by {} ({})",
              now.id(),
              truth.outcome(),
              truth.endedBy(),
              truth.reason());
    }
  }

  private static @Nullable String name(@Nullable Enum<?> value) {
    return value == null ? null : value.name();
  }
}
