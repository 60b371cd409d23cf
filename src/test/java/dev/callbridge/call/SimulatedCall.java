package dev.callbridge.call;

import static dev.callbridge.call.CallEvent.Kind.*;

import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/// One call as it went, all evidence of it, and how it must be judged. Knows nothing of how it is.
///
/// @param line what became of it at the carrier
/// @param one its first media session, if it had any
/// @param two its second, if its line was told to come again and came
/// @param after what followed a first session that nobody had meant to end
/// @param hungUp the operator had it ended
/// @param reported whether the carrier's callbacks came at all
record SimulatedCall(
    Line line,
    Session one,
    Session two,
    After after,
    Machine machine,
    boolean hungUp,
    boolean reported) {

  private static final UUID ID = new UUID(0, 7);
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  enum Line {
    BUSY,
    NO_ANSWER,
    FAILED,
    CANCELED,
    NEVER_PLACED,
    NOT_DIALLED,
    REFUSED,
    REJECTED,
    ANSWERED_WITHOUT_A_STREAM,
    STREAM_BROKE,
    ANSWERED
  }

  enum After {
    RECONNECTED,
    GONE_BEFORE_RECONNECTING,
    APOLOGY,
    NOT_ASKED
  }

  enum Machine {
    NOT_ASKED,
    HUMAN,
    MACHINE,
    MESSAGE_LEFT,
    MESSAGE_NOT_LEFT,
    /// Nobody ever said how far the message got.
    MESSAGE_BEGUN,
    NEVER_SAID,
    /// The carrier said nothing, but its beep was heard, if there was anybody to hear it.
    BEEPED;

    private boolean isOne() {
      return switch (this) {
        case MACHINE, MESSAGE_LEFT, MESSAGE_NOT_LEFT, MESSAGE_BEGUN -> true;
        default -> false;
      };
    }

    private boolean isActedOn() {
      return isOne() && this != MACHINE;
    }
  }

  /// Of a voicemail.
  String machineReason() {
    return switch (machine) {
      case MESSAGE_LEFT -> "message_left";
      case MESSAGE_NOT_LEFT, MESSAGE_BEGUN -> "message_not_left";
      default -> "machine";
    };
  }

  record Session(Ending ending, boolean connected, boolean heard) {
    boolean conversed() {
      return connected && heard;
    }
  }

  private boolean isAnswered() {
    return switch (line) {
      case ANSWERED, ANSWERED_WITHOUT_A_STREAM, STREAM_BROKE -> true;
      default -> false;
    };
  }

  private boolean isPlaced() {
    return switch (line) {
      case NEVER_PLACED, NOT_DIALLED, REFUSED, REJECTED -> false;
      default -> true;
    };
  }

  private boolean hasSecond() {
    return !one.ending().isDeliberate() && after == After.RECONNECTED;
  }

  private Session lastSession() {
    return hasSecond() ? two : one;
  }

  Outcome outcome() {
    return switch (line) {
      case BUSY -> Outcome.BUSY;
      case NO_ANSWER -> Outcome.NO_ANSWER;
      case FAILED, NEVER_PLACED, REFUSED -> Outcome.FAILED_DIAL;
      case CANCELED -> Outcome.CANCELED;
      case NOT_DIALLED -> Outcome.INTERRUPTED;
      case REJECTED -> Outcome.REJECTED_OVERLOAD;
      case ANSWERED_WITHOUT_A_STREAM ->
          machine.isOne()
              ? Outcome.VOICEMAIL
              : hungUp ? Outcome.CANCELED : Outcome.CALLER_ABANDONED;
      case STREAM_BROKE -> machine.isOne() ? Outcome.VOICEMAIL : Outcome.AGENT_UNREACHABLE;
      case ANSWERED ->
          machine.isOne() || machine == Machine.BEEPED ? Outcome.VOICEMAIL : conversation();
    };
  }

  private Outcome conversation() {
    boolean conversed = one.conversed() || (hasSecond() && two.conversed());
    boolean reached = one.connected() || (hasSecond() && two.connected());
    // The parts may come from different sessions: reached in one, heard in the other.
    boolean heard = one.heard() || (hasSecond() && two.heard());
    return switch (lastSession().ending()) {
      case CALLER_HUNG_UP, LIMIT_REACHED, LINE_LOST, LINE_REFUSED ->
          conversed || (reached && heard) ? Outcome.COMPLETED : Outcome.CALLER_ABANDONED;
      case AGENT_ENDED, TRANSFERRED ->
          conversed || (reached && heard) ? Outcome.COMPLETED : Outcome.AGENT_LOST;
      case AGENT_LOST -> Outcome.AGENT_LOST;
      case AGENT_UNREACHABLE -> reached ? Outcome.AGENT_LOST : Outcome.AGENT_UNREACHABLE;
      case INTERRUPTED -> Outcome.INTERRUPTED;
    };
  }

  List<CallEvent> events() {
    return Stream.of(first(), between(), last()).flatMap(List::stream).toList();
  }

  List<CallEvent> first() {
    List<CallEvent> events = new ArrayList<>();
    events.add(
        event(
            0, CREATED, "c", "machineDetection", machine == Machine.NOT_ASKED ? "false" : "true"));
    if (hungUp) {
      events.add(event(1, HANG_UP_REQUESTED, "h"));
    }
    if (machine.isActedOn() && isAnswered()) {
      events.add(
          event(8, MACHINE_ACTION, "m", "action", "leave_message", "policy", "LEAVE_MESSAGE"));
    }
    return events;
  }

  List<CallEvent> between() {
    List<CallEvent> events = new ArrayList<>();
    switch (line) {
      case NEVER_PLACED -> events.add(event(2, DIAL_UNCONFIRMED, "create", "reason", "timeout"));
      case NOT_DIALLED -> {}
      case REFUSED -> events.add(event(2, DIAL_REFUSED, "create", "reason", "twilio_21211"));
      case REJECTED -> events.add(event(2, REJECTED, "r", "reason", "all_lines_busy"));
      default -> events.add(event(2, DIAL_ACCEPTED, "create", "CallSid", "CA1"));
    }
    switch (line) {
      case BUSY -> statuses(events, "busy");
      case NO_ANSWER -> statuses(events, "no-answer");
      case FAILED -> statuses(events, "failed");
      case CANCELED -> statuses(events, "canceled");
      case ANSWERED_WITHOUT_A_STREAM -> answered(events);
      case STREAM_BROKE -> {
        answered(events);
        events.add(event(7, STREAM_STATUS, "MZ1:stream-error", "StreamEvent", "stream-error"));
      }
      case ANSWERED -> {
        answered(events);
        conversation(events);
      }
      default -> {}
    }
    return events;
  }

  List<CallEvent> last() {
    return switch (line) {
      case NEVER_PLACED -> List.of(event(90, SETTLED, "s", "reason", "never_placed"));
      case NOT_DIALLED -> List.of(event(90, SETTLED, "s", "reason", "not_dialled"));
      case REFUSED, REJECTED -> List.of();
      default -> List.of(event(90, SETTLED, "s", "CallStatus", word()));
    };
  }

  private String word() {
    return switch (line) {
      case BUSY -> "busy";
      case NO_ANSWER -> "no-answer";
      case FAILED -> "failed";
      case CANCELED -> "canceled";
      default -> "completed";
    };
  }

  private void answered(List<CallEvent> events) {
    statuses(events, "completed");
    events.add(event(5, VOICE_WEBHOOK, "CA1:in-progress", "CallSid", "CA1"));
    events.add(event(6, TWIML_SENT, "t"));
    switch (machine) {
      case HUMAN -> events.add(event(8, MACHINE_DETECTION, "human", "AnsweredBy", "human"));
      case MACHINE, MESSAGE_LEFT, MESSAGE_NOT_LEFT, MESSAGE_BEGUN ->
          events.add(event(8, MACHINE_DETECTION, "m", "AnsweredBy", "machine_end_beep"));
      default -> {}
    }
    switch (machine) {
      case MESSAGE_LEFT -> events.add(event(70, MACHINE_ACTED, "left", "result", "left"));
      case MESSAGE_NOT_LEFT ->
          events.add(event(70, MACHINE_ACTED, "not_left", "result", "not_left"));
      default -> {}
    }
  }

  private void conversation(List<CallEvent> events) {
    session(events, 1, one, machine == Machine.BEEPED);
    if (machine == Machine.BEEPED) {
      events.add(event(12, HEARD, "1:BEEP", "what", "BEEP", "session", "1"));
    }
    if (one.ending().isDeliberate()) {
      events.add(event(30, AFTER_STREAM, "1", "decision", "HANG_UP", "session", "1"));
      return;
    }
    switch (after) {
      case RECONNECTED -> {
        events.add(event(30, AFTER_STREAM, "1", "decision", "RECONNECT", "session", "1"));
        session(events, 2, two, false);
        String decision = two.ending().isDeliberate() ? "HANG_UP" : "APOLOGIZE";
        events.add(event(60, AFTER_STREAM, "2", "decision", decision, "session", "2"));
      }
      case GONE_BEFORE_RECONNECTING ->
          events.add(event(30, AFTER_STREAM, "1", "decision", "RECONNECT", "session", "1"));
      case APOLOGY ->
          events.add(event(30, AFTER_STREAM, "1", "decision", "APOLOGIZE", "session", "1"));
      case NOT_ASKED -> {}
    }
  }

  private static void session(List<CallEvent> events, int n, Session session, boolean beep) {
    int at = n * 30 - 20;
    events.add(event(at, MEDIA_CONNECTED, "" + n, "session", "" + n, "CallSid", "CA1"));
    events.add(event(at + 1, AGENT_CONNECTING, "" + n));
    Map<String, String> end = new LinkedHashMap<>();
    end.put("session", "" + n);
    end.put("ending", session.ending().name());
    end.put("reason", "why");
    if (beep) {
      end.put("heard", "BEEP");
    }
    if (session.connected()) {
      events.add(event(at + 2, AGENT_CONNECTED, "" + n, "conversationId", "conv_" + n));
      end.put("conversationId", "conv_" + n);
      end.put("agentConnectedAt", BEGIN.plusSeconds(at + 2).toString());
    }
    if (session.heard()) {
      events.add(event(at + 3, FIRST_AGENT_AUDIO, "" + n));
      end.put("firstAgentAudioAt", BEGIN.plusSeconds(at + 3).toString());
    }
    events.add(event(at + 10, MEDIA_ENDED, "" + n, end));
  }

  private void statuses(List<CallEvent> events, String last) {
    if (reported && isPlaced()) {
      int at = 3;
      for (String status : List.of("initiated", "ringing")) {
        events.add(event(at++, CARRIER_STATUS, status, "CallStatus", status, "CallSid", "CA1"));
      }
      if (last.equals("completed")) {
        events.add(event(5, CARRIER_STATUS, "in-progress", "CallStatus", "in-progress"));
      }
      events.add(event(80, CARRIER_STATUS, last, "CallStatus", last));
    }
  }

  private static CallEvent event(int second, Kind kind, String key, String... details) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < details.length; i += 2) {
      map.put(details[i], details[i + 1]);
    }
    return event(second, kind, key, map);
  }

  private static CallEvent event(int second, Kind kind, String key, Map<String, String> details) {
    return new CallEvent(ID, kind, Source.RELAY, key, BEGIN.plusSeconds(second), details);
  }
}
