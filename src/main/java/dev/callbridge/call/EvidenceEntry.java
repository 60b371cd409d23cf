package dev.callbridge.call;

import java.util.UUID;

/// What is on its way to the database: an event, a turn as far as it is known, or a whole call.
sealed interface EvidenceEntry {

  UUID callId();

  record Happened(CallEvent event) implements EvidenceEntry {
    @Override
    public UUID callId() {
      return event.callId();
    }
  }

  record Spoken(UUID callId, Turn turn) implements EvidenceEntry {}

  /// An event of a call that is known by Twilio's sid alone, which is in its details: its own id
  /// means nothing.
  record HappenedToSid(CallEvent event) implements EvidenceEntry {
    @Override
    public UUID callId() {
      return event.callId();
    }

    String sid() {
      return event.details().getOrDefault("CallSid", "");
    }
  }

  /// A call that came in and could not be stored when it did.
  ///
  /// @param webhook that it came in by
  /// @param refused what the caller was told instead of an agent
  record TurnedAway(CallPlan plan, CallEvent webhook, CallEvent refused) implements EvidenceEntry {
    @Override
    public UUID callId() {
      return webhook.callId();
    }
  }
}
