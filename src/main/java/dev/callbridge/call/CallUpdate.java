package dev.callbridge.call;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What follows for a call's row from its evidence, as the database reads it.
///
/// @param seen how many pieces of evidence it follows from
record CallUpdate(
    UUID id,
    int seen,
    CallState state,
    @Nullable Outcome outcome,
    @Nullable EndedBy endedBy,
    @Nullable String reason,
    @Nullable String answeredBy,
    @Nullable String sid,
    @Nullable String conversation,
    @Nullable OffsetDateTime dialed,
    @Nullable OffsetDateTime ringing,
    @Nullable OffsetDateTime answered,
    @Nullable OffsetDateTime agentConnected,
    @Nullable OffsetDateTime firstAudio,
    @Nullable OffsetDateTime ended,
    @Nullable UUID owner,
    OffsetDateTime settleAfter) {

  /// @param call as it is by those events
  static CallUpdate of(Call call, List<CallEvent> events) {
    CallTruth truth = call.truth();
    Evidence evidence = new Evidence(events);
    CallTruth.Timings at = truth.timings();
    String owner = evidence.instance();
    return new CallUpdate(
        call.id(),
        events.size(),
        truth.state(),
        truth.outcome(),
        truth.endedBy(),
        truth.reason(),
        truth.answeredBy(),
        truth.twilioCallSid(),
        truth.conversationId(),
        utc(at.dialed()),
        utc(at.ringing()),
        utc(at.answered()),
        utc(at.agentConnected()),
        utc(at.firstAgentAudio()),
        utc(at.ended()),
        owner == null ? null : UUID.fromString(owner),
        SettleDeadline.of(call, evidence).atOffset(ZoneOffset.UTC));
  }

  private static @Nullable OffsetDateTime utc(@Nullable Instant at) {
    return at == null ? null : at.atOffset(ZoneOffset.UTC);
  }
}
