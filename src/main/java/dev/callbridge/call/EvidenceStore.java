package dev.callbridge.call;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.callbridge.call.CallRows.SpokenTurn;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.r2dbc.spi.R2dbcException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.r2dbc.BadSqlGrammarException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Puts what waits to be written into the database. Fails when that is away; what it refuses is
/// counted as lost, and told.
@Component
final class EvidenceStore {

  /// The counter of evidence that is nowhere.
  static final String LOST = "callbridge.evidence.lost";

  private static final Logger LOG = LoggerFactory.getLogger(EvidenceStore.class);

  /// PostgreSQL's `undefined_table` and `undefined_column`.
  private static final Set<String> MISSING = Set.of("42P01", "42703");

  private final CallStore calls;
  private final Transcripts transcripts;
  private final Counter lost;

  EvidenceStore(CallStore calls, Transcripts transcripts, MeterRegistry meters) {
    this.calls = calls;
    this.transcripts = transcripts;
    this.lost = meters.counter(LOST);
  }

  /// What came together is written together, of all calls. A busy database is asked less often, not
  /// more.
  Mono<Void> put(List<EvidenceEntry> entries) {
    List<CallEvent> events = new ArrayList<>();
    Map<String, SpokenTurn> turns = new LinkedHashMap<>();
    List<EvidenceEntry.TurnedAway> created = new ArrayList<>();
    List<EvidenceEntry.HappenedToSid> bySid = new ArrayList<>();
    for (EvidenceEntry entry : entries) {
      switch (entry) {
        case EvidenceEntry.Happened(var event) -> events.add(event);
        // What is known last of a turn is all that is known of it.
        case EvidenceEntry.Spoken(var call, var turn) ->
            turns.put(call + ":" + turn.position(), SpokenTurn.of(call, turn));
        case EvidenceEntry.TurnedAway call -> created.add(call);
        case EvidenceEntry.HappenedToSid event -> bySid.add(event);
      }
    }
    Mono<Void> spoken =
        turns.isEmpty() ? Mono.empty() : unlessWrong(transcripts.put(turns.values()), turns.size());
    return spoken
        .thenMany(Flux.fromIterable(created).concatMap(call -> unlessWrong(create(call), 1)))
        .thenMany(Flux.fromIterable(bySid).concatMap(event -> unlessWrong(append(event), 1)))
        .then(Mono.defer(() -> append(events)));
  }

  /// Of Twilio's sid there may be one: the database was too slow to say so.
  private Mono<Void> create(EvidenceEntry.TurnedAway entry) {
    return calls
        .createInbound(entry.callId(), entry.plan(), entry.webhook())
        .flatMap(call -> append(List.of(entry.refused().of(call.id()))));
  }

  private Mono<Void> append(EvidenceEntry.HappenedToSid entry) {
    return calls
        .findByTwilioSid(entry.sid())
        .flatMap(call -> append(List.of(entry.event().of(call.id()))));
  }

  /// One call's that the database refuses are refused alone.
  private Mono<Void> append(List<CallEvent> events) {
    if (events.isEmpty()) {
      return Mono.empty();
    }
    Map<UUID, List<CallEvent>> byCall =
        events.stream().collect(groupingBy(CallEvent::callId, LinkedHashMap::new, toList()));
    Mono<Void> appended =
        calls
            .appendAll(events)
            .doOnNext(known -> {
              Set<UUID> unknown = new HashSet<>(byCall.keySet());
              known.forEach(call -> unknown.remove(call.id()));
              unknown.forEach(EvidenceStore::warnOf);
            })
            .then();
    return byCall.size() == 1
        ? unlessWrong(appended, events.size())
        : appended.onErrorResume(
            EvidenceStore::isRefused,
            _ -> Flux.fromIterable(byCall.values()).concatMap(this::append).then());
  }

  private static void warnOf(UUID callId) {
    LOG.warn("call {}: it is not known, what is told of it is not kept", callId);
  }

  /// What the database refuses it would refuse again: it must not hold up the rest.
  private Mono<Void> unlessWrong(Mono<Void> put, int entries) {
    return put.onErrorResume(
        EvidenceStore::isRefused,
        e -> {
          lost.increment(entries);
          LOG.error("the database refuses {} pieces of evidence", entries, e);
          return Mono.empty();
        });
  }

  /// A table or a column that is not there yet comes with the schema: until then the database is as
  /// good as away.
  private static boolean isRefused(Throwable e) {
    boolean isMissing =
        e.getCause() instanceof R2dbcException cause
            && MISSING.contains(String.valueOf(cause.getSqlState()));
    return e instanceof DataIntegrityViolationException
        || (e instanceof BadSqlGrammarException && !isMissing);
  }
}
