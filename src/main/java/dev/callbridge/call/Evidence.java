package dev.callbridge.call;

import static dev.callbridge.call.CallEvent.Kind.*;

import dev.callbridge.call.CallEvent.Kind;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The evidence of one call, asked one question at a time. No answer depends on the order the
/// events came in, or on how often each did.
record Evidence(Collection<CallEvent> events) {

  private static final Set<String> OVER =
      Set.of("completed", "busy", "failed", "no-answer", "canceled");

  private static final Set<String> GOES_ON = Set.of("RECONNECT", "TRANSFER");

  boolean has(Kind kind) {
    return events.stream().anyMatch(e -> e.kind() == kind);
  }

  Optional<CallEvent> first(Kind kind) {
    return first(kind, e -> true);
  }

  Optional<CallEvent> first(Kind kind, Predicate<CallEvent> such) {
    return events.stream()
        .filter(e -> e.kind() == kind && such.test(e))
        .min(Comparator.comparing(CallEvent::at).thenComparing(CallEvent::key));
  }

  /// What the carrier said first of all that mean the end, itself or when it was asked.
  Optional<CallEvent> carrierEnd() {
    return first(CARRIER_STATUS, e -> OVER.contains(text(e, "CallStatus", "")))
        .or(() -> first(SETTLED, e -> OVER.contains(text(e, "CallStatus", ""))));
  }

  Optional<CallEvent> carrier(String status) {
    return first(CARRIER_STATUS, e -> status.equals(text(e, "CallStatus", "")));
  }

  /// Media sessions that are known to have begun: they are counted from 1, and who mentions one
  /// knows of those before it.
  int sessions() {
    return events.stream().mapToInt(Evidence::sessionOf).max().orElse(0);
  }

  boolean allSessionsEnded() {
    return events.stream()
            .filter(e -> e.kind() == MEDIA_ENDED)
            .mapToInt(Evidence::sessionOf)
            .distinct()
            .count()
        == sessions();
  }

  /// How the session that began last ended: what became of an earlier one was mended.
  Optional<CallEvent> lastSession() {
    return events.stream()
        .filter(e -> e.kind() == MEDIA_ENDED)
        .max(
            Comparator.comparingInt(Evidence::sessionOf)
                .thenComparing(CallEvent::at, Comparator.reverseOrder()));
  }

  /// What the line was told after its last session, unless it was told to come again, or to wait
  /// for a person.
  Optional<CallEvent> lastDecision() {
    int sessions = sessions();
    return first(
        AFTER_STREAM, e -> sessionOf(e) == sessions && !GOES_ON.contains(text(e, "decision", "")));
  }

  /// Who has the call's media, or will dial it.
  @Nullable String instance() {
    return events.stream()
        .filter(e -> e.kind() == MEDIA_CONNECTED || e.kind() == CREATED)
        .max(Comparator.comparingInt(Evidence::sessionOf))
        .map(e -> e.details().get("instance"))
        .orElse(null);
  }

  /// Nobody but us knows of the call.
  boolean hasNoCarrier() {
    return first(CREATED, e -> Carrier.BROWSER.name().equals(text(e, "carrier", ""))).isPresent();
  }

  /// The transfer that counts, the last, was a person's doing.
  boolean operatorTransferred() {
    return events.stream()
        .filter(e -> e.kind() == TRANSFER)
        .max(Comparator.comparing(CallEvent::at).thenComparing(CallEvent::key))
        .filter(e -> e.details().containsKey("by"))
        .isPresent();
  }

  /// Something is owed that decides how the call ended.
  boolean isAwaited() {
    return awaitsMachineDetection() || awaitsMessage();
  }

  /// Whether the carrier still owes word on who answered.
  private boolean awaitsMachineDetection() {
    return first(CREATED, e -> "true".equals(text(e, "machineDetection", ""))).isPresent()
        && !has(MACHINE_DETECTION);
  }

  /// The carrier's word for a machine stands, whatever is heard; what is heard may be enough
  /// without it. One that was treated as a machine was no conversation.
  boolean isMachine() {
    return has(MACHINE_ACTION)
        || carrierSays(by -> by.startsWith("machine_") || by.equals("fax"))
        || "MACHINE".equals(answeredBy());
  }

  /// Who answered, from what the carrier says and what was heard. Words name more kinds than the
  /// carrier does. Against its word for a person it takes two witnesses: a greeting and a beep.
  @Nullable String answeredBy() {
    Set<Heard> heard = heard();
    boolean beep = heard.contains(Heard.BEEP);
    boolean greeting = heard.contains(Heard.VOICEMAIL);
    if (carrierSays("fax"::equals)) {
      return "FAX";
    } else if (beep && greeting) {
      return "MACHINE";
    } else if (heard.contains(Heard.CALL_SCREENING)) {
      return "CALL_SCREENING";
    } else if (heard.contains(Heard.IVR)) {
      return "IVR";
    } else if (carrierSays(by -> by.startsWith("machine_"))) {
      return "MACHINE";
    } else if (carrierSays("human"::equals)) {
      return "HUMAN";
    } else if (beep || greeting) {
      return "MACHINE";
    } else if (heard.contains(Heard.SILENCE)) {
      return "SILENCE";
    }
    return has(MACHINE_DETECTION) ? "UNKNOWN" : null;
  }

  private boolean carrierSays(Predicate<String> by) {
    return first(MACHINE_DETECTION, e -> by.test(text(e, "AnsweredBy", ""))).isPresent();
  }

  /// Said when it was heard, and once more at the session's end.
  private Set<Heard> heard() {
    Set<Heard> heard = EnumSet.noneOf(Heard.class);
    for (CallEvent e : events) {
      String what =
          e.kind() == HEARD
              ? text(e, "what", "")
              : e.kind() == MEDIA_ENDED ? text(e, "heard", "") : "";
      for (Heard each : Heard.values()) {
        if (List.of(what.split(",")).contains(each.name())) {
          heard.add(each);
        }
      }
    }
    return heard;
  }

  /// A message is being spoken to a machine, and nobody has said yet how far it got.
  private boolean awaitsMessage() {
    return isLeavingMessage() && !has(MACHINE_ACTED);
  }

  Optional<Instant> messageEnded() {
    return isLeavingMessage() ? first(MACHINE_ACTED).map(CallEvent::at) : Optional.empty();
  }

  private boolean isLeavingMessage() {
    return first(MACHINE_ACTION, e -> "leave_message".equals(text(e, "action", ""))).isPresent();
  }

  /// What was done about the machine.
  String machineReason() {
    if (first(MACHINE_ACTED, e -> "left".equals(text(e, "result", ""))).isPresent()) {
      return "message_left";
    }
    boolean wanted =
        first(MACHINE_ACTION, e -> "LEAVE_MESSAGE".equals(text(e, "policy", ""))).isPresent();
    return wanted ? "message_not_left" : "machine";
  }

  /// The agent's platform says of the last conversation, which nobody here saw the end of, that the
  /// agent ended it.
  boolean agentIsKnownToHaveEnded() {
    String conversation = detail("conversationId");
    return conversation != null
        && first(
                CONVERSATION_FOUND,
                e ->
                    conversation.equals(text(e, "conversation", ""))
                        && EndedBy.AGENT.name().equals(text(e, "by", "")))
            .isPresent();
  }

  /// The agent was reached and was heard.
  boolean conversed() {
    return agentConnected() != null
        && firstAgentAudio() != null
        && detail("conversationId") != null;
  }

  /// Said when it happened, and once more at the session's end.
  @Nullable Instant agentConnected() {
    return earliest(AGENT_CONNECTED, "agentConnectedAt");
  }

  @Nullable Instant firstAgentAudio() {
    return earliest(FIRST_AGENT_AUDIO, "firstAgentAudioAt");
  }

  private @Nullable Instant earliest(Kind kind, String atTheEnd) {
    return Stream.concat(
            events.stream().filter(e -> e.kind() == kind).map(CallEvent::at),
            events.stream()
                .filter(e -> e.kind() == MEDIA_ENDED && e.details().containsKey(atTheEnd))
                .map(e -> Instant.parse(text(e, atTheEnd, ""))))
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  /// Twilio's callback may overtake its answer.
  @Nullable Instant dialed() {
    return Stream.concat(first(DIAL_ACCEPTED).stream(), carrier("initiated").stream())
        .map(CallEvent::at)
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  Optional<CallEvent> answered() {
    // A callback may be late by a whole call: whoever knew first.
    return Stream.of(
            carrier("in-progress"),
            first(MEDIA_CONNECTED),
            first(VOICE_WEBHOOK, e -> "in-progress".equals(text(e, "CallStatus", ""))))
        .flatMap(Optional::stream)
        .min(Comparator.comparing(CallEvent::at));
  }

  /// The latest that was said under that name.
  @Nullable String detail(String name) {
    return events.stream()
        .filter(e -> !text(e, name, "").isEmpty())
        .max(Comparator.comparing(CallEvent::at).thenComparing(CallEvent::key))
        .map(e -> text(e, name, ""))
        .orElse(null);
  }

  static String text(CallEvent e, String name, String otherwise) {
    return e.details().getOrDefault(name, otherwise);
  }

  private static int sessionOf(CallEvent e) {
    Map<String, String> details = e.details();
    return switch (e.kind()) {
      case MEDIA_CONNECTED, MEDIA_ENDED, AFTER_STREAM ->
          Integer.parseInt(details.getOrDefault("session", "0"));
      default -> 0;
    };
  }
}
