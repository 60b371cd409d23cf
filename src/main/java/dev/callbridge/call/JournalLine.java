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
record JournalLine(UUID call, @Nullable StoredEvent event, @Nullable SpokenTurn turn) {

  private static final ObjectReader READER = JsonMapper.shared().readerFor(JournalLine.class);
  private static final ObjectWriter WRITER = JsonMapper.shared().writerFor(JournalLine.class);

  static String write(EvidenceEntry entry) {
    return WRITER.writeValueAsString(
        switch (entry) {
          case EvidenceEntry.Happened(var event) ->
              new JournalLine(event.callId(), StoredEvent.of(event), null);
          case EvidenceEntry.Spoken(var call, var turn) ->
              new JournalLine(call, null, SpokenTurn.of(call, turn));
        });
  }

  static EvidenceEntry read(String json) {
    JournalLine line = READER.readValue(json);
    return line.event() != null
        ? new EvidenceEntry.Happened(line.event().of(line.call()))
        : new EvidenceEntry.Spoken(line.call(), Objects.requireNonNull(line.turn()).turn());
  }
}
