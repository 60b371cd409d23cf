package dev.callbridge.call;

import static dev.callbridge.call.CallEvent.Kind.*;
import static dev.callbridge.call.Evidence.text;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// How a call ended, by whose doing, why and when.
///
/// It is given once all that it depends on is in, and not before: a session that is open, a
/// decision that is owed, a machine that may yet be found keep a call open. What never comes is
/// declared missing by `SETTLED`, whose word counts as the last.
///
/// One order is taken for granted: what we store before we act on it (a hang-up asked for, a call
/// refused) is there before what follows from the act.
record Verdict(Outcome outcome, EndedBy by, String reason, Instant at) {

  /// An announcement that was not heard to its end: whatever else there was, it was no success.
  private static final String UNHEARD = "unheard";

  static Optional<Verdict> of(Evidence evidence) {
    Optional<CallEvent> refused = evidence.first(DIAL_REFUSED);
    if (refused.isPresent()) {
      return Optional.of(refused(refused.get()));
    }
    Optional<CallEvent> rejected = evidence.first(REJECTED);
    if (rejected.isPresent() && evidence.sessions() == 0) {
      return Optional.of(rejected(rejected.get()));
    }
    boolean settled = evidence.has(SETTLED);
    if (!evidence.allSessionsEnded() || (evidence.isAwaited() && !settled)) {
      return Optional.empty();
    }
    return evidence
        .lastSession()
        .map(session -> afterSession(evidence, session))
        .orElseGet(() -> withoutSession(evidence));
  }

  private static Verdict refused(CallEvent e) {
    return new Verdict(Outcome.FAILED_DIAL, EndedBy.CARRIER, text(e, "reason", "refused"), e.at());
  }

  private static Verdict rejected(CallEvent e) {
    return new Verdict(
        Outcome.valueOf(text(e, "outcome", Outcome.REJECTED_OVERLOAD.name())),
        EndedBy.valueOf(text(e, "by", EndedBy.RELAY.name())),
        text(e, "reason", "rejected"),
        e.at());
  }

  private static Optional<Verdict> afterSession(Evidence evidence, CallEvent session) {
    Optional<CallEvent> end =
        isFinal(evidence, session)
            ? Optional.of(session)
            : evidence
                .lastDecision()
                .or(() -> evidence.has(SETTLED) ? last(evidence) : Optional.empty());
    return end.map(e -> session(evidence, session, e.at()));
  }

  /// Nothing is asked after this ending: it was wanted, or there is nobody to ask.
  private static boolean isFinal(Evidence evidence, CallEvent session) {
    return ending(session).isDeliberate()
        || session.details().containsKey("final")
        || evidence.hasNoCarrier();
  }

  private static Verdict session(Evidence evidence, CallEvent session, Instant at) {
    Ending ending = ending(session);
    String reason = text(session, "reason", ending.name().toLowerCase(Locale.ROOT));
    boolean operator =
        ending == Ending.CALLER_HUNG_UP && evidence.has(HANG_UP_REQUESTED)
            || ending == Ending.TRANSFERRED && evidence.operatorTransferred();
    EndedBy by = operator ? EndedBy.OPERATOR : ending.by();
    if (evidence.isMachine()) {
      return voicemail(evidence, by, at);
    }
    String announcement = text(session, "announcement", "");
    boolean conversed = evidence.conversed() && !announcement.equals(UNHEARD);
    if (!announcement.isEmpty()
        && (ending == Ending.CALLER_HUNG_UP || ending == Ending.AGENT_ENDED)) {
      reason = "announcement_" + announcement;
    }
    return switch (ending) {
      case CALLER_HUNG_UP, LIMIT_REACHED, LINE_LOST, LINE_REFUSED ->
          new Verdict(conversed ? Outcome.COMPLETED : Outcome.CALLER_ABANDONED, by, reason, at);
      case AGENT_ENDED, TRANSFERRED ->
          conversed
              ? new Verdict(Outcome.COMPLETED, by, reason, at)
              : new Verdict(
                  Outcome.AGENT_LOST,
                  EndedBy.RELAY,
                  announcement.isEmpty() ? "no_audio" : reason,
                  at);
      case AGENT_LOST -> new Verdict(Outcome.AGENT_LOST, by, reason, at);
      case AGENT_UNREACHABLE ->
          new Verdict(
              evidence.agentConnected() != null ? Outcome.AGENT_LOST : Outcome.AGENT_UNREACHABLE,
              by,
              reason,
              at);
      case INTERRUPTED ->
          conversed && evidence.agentIsKnownToHaveEnded()
              ? new Verdict(Outcome.COMPLETED, EndedBy.AGENT, "end_call", at)
              : new Verdict(Outcome.INTERRUPTED, EndedBy.RELAY, reason, at);
    };
  }

  /// By us, where we did something about it, unless the operator was first.
  private static Verdict voicemail(Evidence evidence, EndedBy by, Instant at) {
    boolean ours = by != EndedBy.OPERATOR && evidence.has(MACHINE_ACTION);
    return new Verdict(
        Outcome.VOICEMAIL,
        ours ? EndedBy.RELAY : by,
        evidence.machineReason(),
        evidence.messageEnded().filter(at::isBefore).orElse(at));
  }

  private static Optional<Verdict> withoutSession(Evidence evidence) {
    Optional<CallEvent> end = evidence.carrierEnd();
    if (end.isPresent() && !text(end.get(), "CallStatus", "").equals("completed")) {
      return end.map(e -> unanswered(evidence, e));
    }
    Optional<CallEvent> decision = evidence.lastDecision();
    if (decision.isPresent()) {
      return decision.map(
          e -> new Verdict(Outcome.AGENT_UNREACHABLE, EndedBy.RELAY, "no_stream", e.at()));
    }
    return evidence.has(SETTLED) ? last(evidence).map(e -> settled(evidence, e)) : Optional.empty();
  }

  private static Verdict unanswered(Evidence evidence, CallEvent e) {
    EndedBy by = evidence.has(HANG_UP_REQUESTED) ? EndedBy.OPERATOR : EndedBy.CARRIER;
    return switch (text(e, "CallStatus", "")) {
      case "busy" -> new Verdict(Outcome.BUSY, EndedBy.CARRIER, "busy", e.at());
      case "no-answer" -> new Verdict(Outcome.NO_ANSWER, EndedBy.CARRIER, "no_answer", e.at());
      case "canceled" -> new Verdict(Outcome.CANCELED, by, "canceled", e.at());
      default -> new Verdict(Outcome.FAILED_DIAL, EndedBy.CARRIER, carrierReason(e), e.at());
    };
  }

  /// Over, and no media ever came: nothing was placed, the stream failed, or the caller was
  /// quicker.
  private static Verdict settled(Evidence evidence, CallEvent end) {
    if (evidence.isMachine()) {
      return voicemail(evidence, EndedBy.CARRIER, end.at());
    } else if (evidence.carrierEnd().isEmpty()) {
      String reason = text(end, "reason", "never_placed");
      return switch (reason) {
        case "before_the_stream" -> beforeTheStream(evidence, end);
        case "not_dialled" -> new Verdict(Outcome.INTERRUPTED, EndedBy.RELAY, reason, end.at());
        default -> new Verdict(Outcome.FAILED_DIAL, EndedBy.CARRIER, reason, end.at());
      };
    }
    boolean broke =
        evidence
            .first(STREAM_STATUS, e -> "stream-error".equals(text(e, "StreamEvent", "")))
            .isPresent();
    if (broke || evidence.has(AFTER_STREAM)) {
      return new Verdict(Outcome.AGENT_UNREACHABLE, EndedBy.RELAY, "no_stream", end.at());
    } else if (!evidence.has(VOICE_WEBHOOK)) {
      return new Verdict(Outcome.AGENT_UNREACHABLE, EndedBy.RELAY, "no_webhook", end.at());
    }
    return beforeTheStream(evidence, end);
  }

  private static Verdict beforeTheStream(Evidence evidence, CallEvent end) {
    return evidence.has(HANG_UP_REQUESTED)
        ? new Verdict(Outcome.CANCELED, EndedBy.OPERATOR, "hung_up_before_the_agent", end.at())
        : new Verdict(Outcome.CALLER_ABANDONED, EndedBy.CALLER, "before_the_stream", end.at());
  }

  /// When it was over, as near as anybody said.
  private static Optional<CallEvent> last(Evidence evidence) {
    return evidence.carrierEnd().or(() -> evidence.first(SETTLED));
  }

  private static String carrierReason(CallEvent e) {
    String sip = text(e, "SipResponseCode", "");
    String code = text(e, "ErrorCode", "");
    return !code.isEmpty() ? "twilio_" + code : !sip.isEmpty() ? "sip_" + sip : "failed";
  }

  private static Ending ending(CallEvent e) {
    return Ending.valueOf(text(e, "ending", Ending.INTERRUPTED.name()));
  }
}
