package dev.callbridge.call;

import java.util.UUID;

/// What is on its way to the database: an event, or a turn as far as it is known.
sealed interface EvidenceEntry {

  UUID callId();

  record Happened(CallEvent event) implements EvidenceEntry {
    @Override
    public UUID callId() {
      return event.callId();
    }
  }

  record Spoken(UUID callId, Turn turn) implements EvidenceEntry {}
}
