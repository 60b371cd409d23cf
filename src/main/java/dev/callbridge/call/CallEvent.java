package dev.callbridge.call;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One piece of evidence. Stored once: a second one of the same call, source and key is the first
/// one come again.
///
/// @param key the source's own name for it
/// @param at when it was received
/// @param details as it came
public record CallEvent(
    UUID callId, Kind kind, Source source, String key, Instant at, Map<String, String> details) {

  /// The header and the detail of `CREATED` with the W3C trace context of whoever asked for the
  /// call.
  public static final String TRACE = "traceparent";

  private static final Pattern TRACEPARENT =
      Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

  public static boolean isTrace(@Nullable String header) {
    return header != null && TRACEPARENT.matcher(header).matches();
  }

  public enum Source {
    API,
    TWILIO,
    RELAY,
    ELEVENLABS
  }

  public enum Kind {
    /// `instance` that will dial it, `machineDetection` where that was asked for; `carrier` where
    /// it is none; `traceparent` where the request had one.
    CREATED,
    /// Twilio has queued the call: `CallSid`.
    DIAL_ACCEPTED,
    /// Nothing was placed: `reason`.
    DIAL_REFUSED,
    /// It may have been placed: `reason`.
    DIAL_UNCONFIRMED,
    /// Twilio's own parameters, `CallStatus` among them.
    CARRIER_STATUS,
    VOICE_WEBHOOK,
    /// Who is calling was asked of somebody's own program: `result`.
    CALLER_LOOKUP,
    TWIML_SENT,
    STREAM_STATUS,
    MACHINE_DETECTION,
    /// `what` the caller's side gave away of who answered, a [Heard].
    HEARD,
    /// What is about to be done about a machine: `action`, under which `policy`.
    MACHINE_ACTION,
    /// What has been done about it: `result`.
    MACHINE_ACTED,
    RECORDING,
    /// A media socket is open and has said which call it is: `session`, and the `instance` that has
    /// it.
    MEDIA_CONNECTED,
    AGENT_CONNECTING,
    /// `conversationId`.
    AGENT_CONNECTED,
    FIRST_AGENT_AUDIO,
    /// `session`, `ending`, `reason`, and what of the agent's was reached in it; `final` where
    /// nothing asks what comes next.
    MEDIA_ENDED,
    /// What the line was told when its stream was over: `decision`, and how many sessions there had
    /// been.
    AFTER_STREAM,
    /// The caller is handed to a person: `target`, and the `summary` for that person; `handOff`
    /// where it is the assistant's own number; `by` whom, where it was not the agent.
    TRANSFER,
    /// The person has hung up or did not answer: what Twilio says of that leg.
    TRANSFER_ENDED,
    /// `by` whom.
    HANG_UP_REQUESTED,
    DTMF,
    /// The agent asked for something: `toolCallId`, `name`.
    TOOL_CALL,
    /// What it was answered, under the same key: `name`, `result` in a word, `isError`, `ms`.
    TOOL_RESULT,
    /// Somebody steers the call: `command`, `by` whom, and what about it may be kept.
    COMMAND,
    /// What came of it, under the same key: `command`, `result` in a word.
    COMMAND_RESULT,
    /// A person speaks in the agent's place: `by` whom.
    TAKEN_OVER,
    /// The agent has the call again: `reason`, `asked` or `supervisor_gone`, and how many
    /// `utterances` there were.
    HANDED_BACK,
    /// What was to be announced was heard to its end, or confirmed, or not: `announcement`.
    ANNOUNCED,
    /// A `stage` of the agent failed or was slow, and another way was `used`: `reason`.
    FALLBACK,
    REJECTED,
    /// Nothing more is waited for: `CallStatus` where Twilio was asked, or the `reason`.
    SETTLED,
    /// What ElevenLabs knows of the `conversation` of a session that was lost: `status`, and who
    /// ended it, `by` AGENT, where that is known.
    CONVERSATION_FOUND,
    /// What ElevenLabs made of a conversation is known: `conversation`, `by`.
    REPORTED
  }

  /// The same of another call.
  CallEvent of(UUID otherCall) {
    return new CallEvent(otherCall, kind, source, key, at, details);
  }

  /// Twilio's parameters are in the details: phone numbers.
  @Override
  public String toString() {
    return "CallEvent[" + callId + " " + kind + " " + key + "]";
  }
}
