package dev.callbridge.call;

import dev.callbridge.call.CallRows.SpokenTurn;
import dev.callbridge.call.CallRows.StoredEvent;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// One entry of the journal as JSON.
record JournalLine(
    UUID call,
    @Nullable StoredEvent event,
    @Nullable SpokenTurn turn,
    @Nullable CallPlan plan,
    @Nullable StoredEvent refused,
    @Nullable Boolean bySid) {

  private static final ObjectReader READER = JsonMapper.shared().readerFor(JournalLine.class);
  private static final ObjectWriter WRITER = JsonMapper.shared().writerFor(JournalLine.class);

  static String write(EvidenceEntry entry) {
    return WRITER.writeValueAsString(
        switch (entry) {
          case EvidenceEntry.Happened(var event) ->
              new JournalLine(event.callId(), StoredEvent.of(event), null, null, null, null);
          case EvidenceEntry.HappenedToSid(var event) ->
              new JournalLine(event.callId(), StoredEvent.of(event), null, null, null, true);
          case EvidenceEntry.Spoken(var call, var turn) ->
              new JournalLine(call, null, SpokenTurn.of(call, turn), null, null, null);
          case EvidenceEntry.TurnedAway(var plan, var webhook, var refused) ->
              new JournalLine(
                  webhook.callId(),
                  StoredEvent.of(webhook),
                  null,
                  plan,
                  StoredEvent.of(refused),
                  null);
        });
  }

  static EvidenceEntry read(String json) {
    JournalLine line = READER.readValue(json);
    if (line.plan() != null) {
      return new EvidenceEntry.TurnedAway(
          line.plan(),
          Objects.requireNonNull(line.event()).of(line.call()),
          Objects.requireNonNull(line.refused()).of(line.call()));
    }
    if (line.event() == null) {
      return new EvidenceEntry.Spoken(line.call(), Objects.requireNonNull(line.turn()).turn());
    }
    CallEvent event = line.event().of(line.call());
    return Boolean.TRUE.equals(line.bySid())
        ? new EvidenceEntry.HappenedToSid(event)
        : new EvidenceEntry.Happened(event);
  }
}
