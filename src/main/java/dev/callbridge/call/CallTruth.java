package dev.callbridge.call;

import static dev.callbridge.call.CallEvent.Kind.*;

import dev.callbridge.call.CallEvent.Kind;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
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
    return new Reading(events).truth();
  }

  /// The evidence, asked one question at a time.
  private record Reading(Collection<CallEvent> events) {

    CallTruth truth() {
      Optional<Verdict> verdict = verdict();
      return new CallTruth(
          verdict.isPresent() ? CallState.ENDED : state(),
          verdict.map(Verdict::outcome).orElse(null),
          verdict.map(Verdict::by).orElse(null),
          verdict.map(Verdict::reason).orElse(null),
          answeredBy(),
          detail("CallSid"),
          detail("conversationId"),
          new Timings(
              dialed(),
              carrier("ringing").map(CallEvent::at).orElse(null),
              answered().map(CallEvent::at).orElse(null),
              at(AGENT_CONNECTED),
              at(FIRST_AGENT_AUDIO),
              verdict.isPresent() ? ended() : null));
    }

    private CallState state() {
      if (has(AGENT_CONNECTED)) {
        return CallState.CONNECTED;
      } else if (answered().isPresent()) {
        return CallState.ANSWERED;
      } else if (carrier("ringing").isPresent() || has(VOICE_WEBHOOK)) {
        return CallState.RINGING;
      } else if (has(DIAL_ACCEPTED) || has(CARRIER_STATUS)) {
        return CallState.DIALING;
      }
      return has(DIAL_UNCONFIRMED) ? CallState.UNCONFIRMED : CallState.CREATED;
    }

    private record Verdict(Outcome outcome, EndedBy by, String reason) {}

    /// Present once the call is over. A session that is still open keeps it open: how that session
    /// ends is what the outcome depends on.
    private Optional<Verdict> verdict() {
      Optional<CallEvent> refused = first(DIAL_REFUSED, e -> true);
      if (refused.isPresent()) {
        return Optional.of(
            new Verdict(Outcome.FAILED_DIAL, EndedBy.CARRIER, reasonOf(refused.get(), "refused")));
      }
      Optional<CallEvent> rejected = first(REJECTED, e -> true);
      if (rejected.isPresent() && !has(MEDIA_CONNECTED)) {
        return Optional.of(judgeRejected(rejected.get()));
      }
      if (count(MEDIA_CONNECTED) > count(MEDIA_ENDED)) {
        return Optional.empty();
      }
      Optional<CallEvent> carrier = first(CARRIER_STATUS, Reading::isTerminal);
      Optional<CallEvent> session = lastSession();
      boolean over =
          carrier.isPresent()
              || first(AFTER_STREAM, Reading::isDecision).isPresent()
              || session.filter(Reading::isFinal).isPresent();
      return over ? Optional.of(judge(carrier, session)) : Optional.empty();
    }

    private Verdict judge(Optional<CallEvent> carrier, Optional<CallEvent> session) {
      if (isMachine()) {
        return new Verdict(
            Outcome.VOICEMAIL, session.map(e -> by(ending(e))).orElse(EndedBy.CARRIER), "machine");
      }
      return session.map(this::judgeSession).orElseGet(() -> judgeWithoutSession(carrier));
    }

    private static Verdict judgeRejected(CallEvent rejected) {
      return new Verdict(
          Outcome.valueOf(text(rejected, "outcome", Outcome.REJECTED_OVERLOAD.name())),
          EndedBy.valueOf(text(rejected, "by", EndedBy.RELAY.name())),
          reasonOf(rejected, "rejected"));
    }

    private Verdict judgeSession(CallEvent session) {
      Ending ending = ending(session);
      String reason = reasonOf(session, ending.name().toLowerCase(Locale.ROOT));
      boolean conversed =
          has(AGENT_CONNECTED) && has(FIRST_AGENT_AUDIO) && detail("conversationId") != null;
      return switch (ending) {
        case CALLER_HUNG_UP, LIMIT_REACHED, LINE_LOST, LINE_REFUSED ->
            new Verdict(
                conversed ? Outcome.COMPLETED : Outcome.CALLER_ABANDONED, by(ending), reason);
        case AGENT_ENDED ->
            new Verdict(
                conversed ? Outcome.COMPLETED : Outcome.AGENT_LOST,
                conversed ? EndedBy.AGENT : EndedBy.RELAY,
                conversed ? reason : "no_audio");
        case AGENT_LOST -> new Verdict(Outcome.AGENT_LOST, by(ending), reason);
        case AGENT_UNREACHABLE ->
            new Verdict(
                has(AGENT_CONNECTED) ? Outcome.AGENT_LOST : Outcome.AGENT_UNREACHABLE,
                by(ending),
                reason);
        case INTERRUPTED -> new Verdict(Outcome.INTERRUPTED, EndedBy.RELAY, reason);
      };
    }

    private Verdict judgeWithoutSession(Optional<CallEvent> carrier) {
      String status = carrier.map(e -> text(e, "CallStatus", "")).orElse("");
      EndedBy by = has(HANG_UP_REQUESTED) ? EndedBy.OPERATOR : EndedBy.CARRIER;
      return switch (status) {
        case "busy" -> new Verdict(Outcome.BUSY, EndedBy.CARRIER, "busy");
        case "no-answer" -> new Verdict(Outcome.NO_ANSWER, EndedBy.CARRIER, "no_answer");
        case "canceled" -> new Verdict(Outcome.CANCELED, by, "canceled");
        case "failed" ->
            new Verdict(Outcome.FAILED_DIAL, EndedBy.CARRIER, carrierReason(carrier.orElseThrow()));
        default -> judgeNeverConnected();
      };
    }

    /// Answered and over, and no media ever came: the stream failed, or the caller was quicker.
    private Verdict judgeNeverConnected() {
      Optional<CallEvent> failed =
          first(STREAM_STATUS, e -> "stream-error".equals(text(e, "StreamEvent", "")));
      if (failed.isPresent() || has(AFTER_STREAM)) {
        return new Verdict(Outcome.AGENT_UNREACHABLE, EndedBy.RELAY, "no_stream");
      }
      return has(HANG_UP_REQUESTED)
          ? new Verdict(Outcome.CANCELED, EndedBy.OPERATOR, "hung_up_before_the_agent")
          : new Verdict(Outcome.CALLER_ABANDONED, EndedBy.CALLER, "before_the_stream");
    }

    private EndedBy by(Ending ending) {
      return ending == Ending.CALLER_HUNG_UP && has(HANG_UP_REQUESTED)
          ? EndedBy.OPERATOR
          : ending.by();
    }

    private @Nullable String answeredBy() {
      return first(MACHINE_DETECTION, e -> true)
          .map(e ->
              isMachine() ? "MACHINE" : text(e, "AnsweredBy", "unknown").toUpperCase(Locale.ROOT))
          .orElse(null);
    }

    private boolean isMachine() {
      return first(MACHINE_DETECTION, e -> text(e, "AnsweredBy", "").matches("machine_.*|fax"))
          .isPresent();
    }

    /// Twilio's callback may overtake its answer.
    private @Nullable Instant dialed() {
      return Stream.concat(first(DIAL_ACCEPTED, e -> true).stream(), carrier("initiated").stream())
          .map(CallEvent::at)
          .min(Comparator.naturalOrder())
          .orElse(null);
    }

    private Optional<CallEvent> answered() {
      return carrier("in-progress")
          .or(() -> first(MEDIA_CONNECTED, e -> true))
          .or(() -> first(VOICE_WEBHOOK, e -> "in-progress".equals(text(e, "CallStatus", ""))));
    }

    /// When the event came that ended it, whichever of several that say so is the nearest to it.
    private Instant ended() {
      return lastSession()
          .filter(Reading::isFinal)
          .or(() -> first(CARRIER_STATUS, Reading::isTerminal))
          .or(() -> first(DIAL_REFUSED, e -> true))
          .or(() -> first(REJECTED, e -> true))
          .or(() -> first(AFTER_STREAM, Reading::isDecision))
          .map(CallEvent::at)
          .orElseThrow(() -> new IllegalStateException("a call that ended without an event"));
    }

    /// Nothing is asked after this ending: it was wanted, or there is nobody to ask.
    private static boolean isFinal(CallEvent session) {
      return ending(session).isDeliberate() || session.details().containsKey("final");
    }

    private static boolean isDecision(CallEvent afterStream) {
      return !"RECONNECT".equals(text(afterStream, "decision", ""));
    }

    /// The session that began last: what became of an earlier one was mended.
    private Optional<CallEvent> lastSession() {
      return events.stream()
          .filter(e -> e.kind() == MEDIA_ENDED)
          .max(Comparator.comparingInt(e -> Integer.parseInt(text(e, "session", "0"))));
    }

    private Optional<CallEvent> carrier(String status) {
      return first(CARRIER_STATUS, e -> status.equals(text(e, "CallStatus", "")));
    }

    private static boolean isTerminal(CallEvent e) {
      return e.kind() == CARRIER_STATUS
          && text(e, "CallStatus", "").matches("completed|busy|failed|no-answer|canceled");
    }

    private static String carrierReason(CallEvent e) {
      String sip = text(e, "SipResponseCode", "");
      String code = text(e, "ErrorCode", "");
      return !code.isEmpty() ? "twilio_" + code : !sip.isEmpty() ? "sip_" + sip : "failed";
    }

    private static Ending ending(CallEvent e) {
      return Ending.valueOf(text(e, "ending", Ending.INTERRUPTED.name()));
    }

    private static String reasonOf(CallEvent e, String otherwise) {
      return text(e, "reason", otherwise);
    }

    private static String text(CallEvent e, String name, String otherwise) {
      return e.details().getOrDefault(name, otherwise);
    }

    private @Nullable String detail(String name) {
      return events.stream()
          .sorted(Comparator.comparing(CallEvent::at))
          .map(CallEvent::details)
          .map((Map<String, String> details) -> details.get(name))
          .filter(value -> value != null && !value.isEmpty())
          .reduce((_, last) -> last)
          .orElse(null);
    }

    private boolean has(Kind kind) {
      return events.stream().anyMatch(e -> e.kind() == kind);
    }

    private long count(Kind kind) {
      return events.stream().filter(e -> e.kind() == kind).map(CallEvent::key).distinct().count();
    }

    private @Nullable Instant at(Kind kind) {
      return first(kind, e -> true).map(CallEvent::at).orElse(null);
    }

    private Optional<CallEvent> first(Kind kind, Predicate<CallEvent> such) {
      return events.stream()
          .filter(e -> e.kind() == kind && such.test(e))
          .min(Comparator.comparing(CallEvent::at));
    }
  }
}
