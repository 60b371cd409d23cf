package dev.callbridge.call;

import io.r2dbc.spi.Readable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// Adds evidence and lets the calls' rows follow, of however many calls in three statements.
///
/// No lock is held from reading to writing: a row is written by whoever has seen the most evidence.
/// What follows from a set of events is the same for all who see it, and sets only grow.
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

  /// A call as it is by all of its evidence.
  private record Known(Call call, List<CallEvent> events) {
    static Known of(Readable row) {
      Call stored = CallRows.call(row);
      List<CallEvent> events = CallRows.events(row, stored.id());
      CallTruth truth = stored.truth().with(events);
      return new Known(new Call(stored.id(), stored.plan(), truth, stored.created()), events);
    }
  }

  /// @return the calls of those events as they now are; those that nobody knows are not among them
  Mono<List<Call>> append(Collection<CallEvent> events) {
    List<UUID> calls = events.stream().map(CallEvent::callId).distinct().toList();
    return insert(events)
        // Also when none was new: whoever stored them may not have lived to see to the row.
        .then(Mono.defer(() -> follow(calls)))
        .retryWhen(
            Retry.max(2)
                .filter(DataIntegrityViolationException.class::isInstance)
                .onRetryExhaustedThrow((_, last) -> last.failure()));
  }

  /// An instance that was given up for dead says no more about its sessions. Calls come in one
  /// order here too, for whoever else is told the same.
  private Mono<Void> insert(Collection<CallEvent> events) {
    return database
        .sql(
            """
            INSERT INTO call_event (call_id, kind, source, source_key, at, details)
            SELECT c.id, e.kind, e.source, e.key, e.at, e.details
            FROM ROWS FROM (jsonb_to_recordset(:events)
                AS (call uuid, kind text, source text, key text, at timestamptz, details jsonb))
              WITH ORDINALITY AS e(call, kind, source, key, at, details, place)
            JOIN call c ON c.id = e.call
            WHERE e.source <> 'RELAY' OR e.details->>'session' IS NULL
              OR (e.details->>'session')::int > c.fenced_session
            ORDER BY e.call, e.place
            ON CONFLICT DO NOTHING
            """)
        .bind("events", CallRows.events(events))
        .then();
  }

  /// Lets the row of that call follow from what is stored of it.
  Mono<Call> follow(UUID call) {
    return follow(List.of(call)).flatMapIterable(calls -> calls).next();
  }

  private Mono<List<Call>> follow(Collection<UUID> calls) {
    return database
        .sql(
            """
            SELECT c.*, (
              SELECT jsonb_agg(jsonb_build_object('kind', e.kind, 'source', e.source,
                'key', e.source_key, 'at', e.at, 'details', e.details))
              FROM call_event e WHERE e.call_id = c.id) AS evidence
            FROM call c WHERE c.id = ANY(:ids)
            """)
        .bind("ids", calls.toArray(UUID[]::new))
        .map((Readable row) -> Known.of(row))
        .all()
        .collectList()
        .flatMap(this::update);
  }

  /// The rows are locked in one order, whoever else has some of them to write.
  private Mono<List<Call>> update(List<Known> known) {
    if (known.isEmpty()) {
      return Mono.just(List.of());
    }
    Map<UUID, Known> byId =
        known.stream().collect(Collectors.toMap(it -> it.call().id(), Function.identity()));
    return database
        .sql(
            """
            UPDATE call c SET state = n.state, outcome = n.outcome, ended_by = n."endedBy", reason = n.reason,
              answered_by = n."answeredBy", twilio_call_sid = coalesce(c.twilio_call_sid, n.sid),
              conversation_id = n.conversation, dialed_at = n.dialed, ringing_at = n.ringing,
              answered_at = n.answered, agent_connected_at = n."agentConnected",
              first_agent_audio_at = n."firstAudio", ended_at = n.ended, events_seen = n.seen,
              owner = coalesce(n.owner, c.owner), settle_after = n."settleAfter", settle_tries = 0
            FROM (SELECT id, state FROM call WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE) before,
              jsonb_to_recordset(:updates) AS n(id uuid, seen int, state text, outcome text, "endedBy" text,
                reason text, "answeredBy" text, sid text, conversation text, dialed timestamptz,
                ringing timestamptz, answered timestamptz, "agentConnected" timestamptz,
                "firstAudio" timestamptz, ended timestamptz, owner uuid, "settleAfter" timestamptz)
            WHERE c.id = before.id AND n.id = before.id AND c.events_seen < n.seen
            RETURNING c.id, before.state <> 'ENDED' AS was_open
            """)
        .bind("ids", byId.keySet().toArray(UUID[]::new))
        .bind(
            "updates",
            CallRows.updates(
                known.stream().map(it -> CallUpdate.of(it.call(), it.events())).toList()))
        .map(row -> {
          Known it = Objects.requireNonNull(byId.get(CallRows.required(row, "id", UUID.class)));
          Call now = it.call();
          if (now.isOver() && CallRows.required(row, "was_open", Boolean.class)) {
            ended(now, it.events());
          }
          return now;
        })
        .all()
        .collectList()
        .flatMap(changed -> withOthers(changed, byId));
  }

  /// Rows that somebody else wrote, who had seen as much or more.
  private Mono<List<Call>> withOthers(List<Call> changed, Map<UUID, Known> known) {
    if (changed.size() == known.size()) {
      return Mono.just(changed);
    }
    List<UUID> others = new ArrayList<>(known.keySet());
    changed.forEach(call -> others.remove(call.id()));
    return database
        .sql("SELECT * FROM call WHERE id = ANY(:ids)")
        .bind("ids", others.toArray(UUID[]::new))
        .map(CallRows::call)
        .all()
        .collectList()
        .map(found -> {
          found.addAll(changed);
          return found;
        });
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
}
