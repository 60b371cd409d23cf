package dev.callbridge.call;

import static dev.callbridge.call.CallEvent.Kind.*;

import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What follows from the evidence. A pure function of the set of events: their order of arrival,
/// and how often each came, make no difference.
///
/// @param outcome present exactly when the state is `ENDED`, like `endedBy`, `reason` and `ended`
public record CallTruth(
    CallState state,
    @Nullable Outcome outcome,
    @Nullable EndedBy endedBy,
    @Nullable String reason,
    @Nullable String answeredBy,
    @Nullable String twilioCallSid,
    @Nullable String conversationId,
    Timings timings) {

  public record Timings(
      @Nullable Instant dialed,
      @Nullable Instant ringing,
      @Nullable Instant answered,
      @Nullable Instant agentConnected,
      @Nullable Instant firstAgentAudio,
      @Nullable Instant ended) {}

  public static CallTruth of(Collection<CallEvent> events) {
    Evidence evidence = new Evidence(events);
    return of(evidence, Verdict.of(evidence));
  }

  /// Whether a machine answered, as far as is known.
  public static boolean isMachine(Collection<CallEvent> events) {
    return new Evidence(events).isMachine();
  }

  /// What follows from more evidence: a call that is over stays as it ended, and only what is known
  /// beside that grows; any other goes on from where it was, never back.
  ///
  /// @param events all of the call's, those seen before included
  public CallTruth with(Collection<CallEvent> events) {
    Evidence evidence = new Evidence(events);
    if (outcome != null && endedBy != null && reason != null && timings.ended() != null) {
      return of(evidence, Optional.of(new Verdict(outcome, endedBy, reason, timings.ended())));
    }
    return of(evidence, Verdict.of(evidence)).notBefore(state);
  }

  private CallTruth notBefore(CallState earlier) {
    return state.compareTo(earlier) >= 0
        ? this
        : new CallTruth(
            earlier, outcome, endedBy, reason, answeredBy, twilioCallSid, conversationId, timings);
  }

  private static CallTruth of(Evidence evidence, Optional<Verdict> verdict) {
    return new CallTruth(
        verdict.isPresent() ? CallState.ENDED : state(evidence),
        verdict.map(Verdict::outcome).orElse(null),
        verdict.map(Verdict::by).orElse(null),
        verdict.map(Verdict::reason).orElse(null),
        evidence.answeredBy(),
        evidence.detail("CallSid"),
        evidence.detail("conversationId"),
        new Timings(
            evidence.dialed(),
            evidence.carrier("ringing").map(CallEvent::at).orElse(null),
            evidence.answered().map(CallEvent::at).orElse(null),
            evidence.agentConnected(),
            evidence.firstAgentAudio(),
            verdict.map(Verdict::at).orElse(null)));
  }

  private static CallState state(Evidence evidence) {
    if (evidence.agentConnected() != null) {
      return CallState.CONNECTED;
    } else if (evidence.answered().isPresent()) {
      return CallState.ANSWERED;
    } else if (evidence.carrier("ringing").isPresent() || evidence.has(VOICE_WEBHOOK)) {
      return CallState.RINGING;
    } else if (evidence.has(DIAL_ACCEPTED) || evidence.has(CARRIER_STATUS)) {
      return CallState.DIALING;
    }
    return evidence.has(DIAL_UNCONFIRMED) ? CallState.UNCONFIRMED : CallState.CREATED;
  }
}
