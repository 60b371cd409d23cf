package dev.callbridge.bridge;

import dev.callbridge.agent.FromAgent.Announced.Progress;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.Ending;
import dev.callbridge.call.EvidenceWriter;
import dev.callbridge.call.Heard;
import dev.callbridge.call.Turn;
import dev.callbridge.tools.ToolAnswer;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The evidence that one media session gives, and its line in the log for every step.
final class SessionEvidence {

  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  /// Told of one session; a model may fail in every turn.
  private static final int MAX_FALLBACKS = 50;

  private final UUID callId;
  private final int session;
  private final boolean isFinal;
  private final EvidenceWriter writer;
  private final Clock clock;

  /// What was reached of the agent. Said once more at the end, which then stands for itself.
  private final Map<String, String> reached = new ConcurrentHashMap<>();

  private int tools;
  private int presses;
  private int fallbacks;
  private int supervisions;

  /// @param session 1 for a call's first media socket
  /// @param isFinal nobody asks us what comes after this session
  SessionEvidence(UUID callId, int session, boolean isFinal, EvidenceWriter writer, Clock clock) {
    this.callId = callId;
    this.session = session;
    this.isFinal = isFinal;
    this.writer = writer;
    this.clock = clock;
  }

  boolean isFinal() {
    return isFinal;
  }

  /// @param callSid Twilio's, null where Twilio does not know of the call
  void mediaConnected(@Nullable String callSid, String streamSid, UUID instance) {
    LOG.info("call {}: media connected, stream {}", callId, streamSid);
    Map<String, String> details = new LinkedHashMap<>();
    details.put("StreamSid", streamSid);
    details.put("instance", instance.toString());
    if (callSid != null) {
      details.put("CallSid", callSid);
    }
    write(Kind.MEDIA_CONNECTED, "" + session, details);
  }

  void agentConnecting(String agentId) {
    LOG.info("call {}: agent connecting", callId);
    write(Kind.AGENT_CONNECTING, "" + session, Map.of("agentId", agentId));
  }

  void agentConnected(String conversationId) {
    LOG.info("call {}: agent connected, conversation {}", callId, printable(conversationId));
    reached.put("conversationId", conversationId);
    reached.put("agentConnectedAt", clock.instant().toString());
    write(Kind.AGENT_CONNECTED, "" + session, Map.of("conversationId", conversationId));
  }

  /// The caller has heard the agent.
  ///
  /// @param sent when what was heard first was sent
  void firstAgentAudio(Instant sent) {
    LOG.info("call {}: first agent audio", callId);
    reached.put("firstAgentAudioAt", sent.toString());
    write(Kind.FIRST_AGENT_AUDIO, "" + session, Map.of(), sent);
  }

  void pressed(String digit) {
    write(Kind.DTMF, session + ":" + presses++, Map.of("digit", digit));
  }

  /// @return what its answer is to be stored under
  String toolCalled(String toolCallId, String name) {
    String key = session + ":" + tools++;
    write(Kind.TOOL_CALL, key, Map.of("toolCallId", storable(toolCallId), "name", storable(name)));
    return key;
  }

  void toolAnswered(String key, String name, ToolAnswer answer, long millis) {
    String how = answer.how().word();
    LOG.info("call {}: tool {} answered, {} in {} ms", callId, printable(name), how, millis);
    write(
        Kind.TOOL_RESULT,
        key,
        Map.of(
            "name",
            storable(name),
            "result",
            how,
            "isError",
            "" + answer.result().isError(),
            "ms",
            "" + millis));
  }

  /// That nobody has heard it yet is nothing that happened.
  void announced(Progress progress) {
    String how = progress.name().toLowerCase(Locale.ROOT);
    reached.put("announcement", how);
    if (progress != Progress.UNHEARD) {
      LOG.info("call {}: announcement {}", callId, how);
      write(Kind.ANNOUNCED, session + ":" + how, Map.of("announcement", how));
    }
  }

  void fellBack(String stage, String used, String reason) {
    if (fallbacks == MAX_FALLBACKS) {
      return;
    }
    LOG.info("call {}: {} falls back to {} ({})", callId, stage, used, reason);
    write(
        Kind.FALLBACK,
        session + ":" + fallbacks++,
        Map.of("stage", stage, "used", used, "reason", reason));
  }

  void takenOver(String by) {
    LOG.info("call {}: taken over by a supervisor", callId);
    write(Kind.TAKEN_OVER, session + ":" + ++supervisions, Map.of("by", by));
  }

  void handedBack(String why, int utterances) {
    LOG.info("call {}: handed back to the agent, {}", callId, why);
    write(
        Kind.HANDED_BACK,
        session + ":" + supervisions,
        Map.of("reason", why, "utterances", "" + utterances));
  }

  CallEvent heard(Heard what) {
    LOG.info("call {}: heard, {}", callId, what);
    reached.merge("heard", what.name(), (before, now) -> before + "," + now);
    return write(Kind.HEARD, session + ":" + what, Map.of("what", what.name()));
  }

  void turn(Turn turn) {
    writer.write(callId, turn);
  }

  void ended(Ending ending, String reason, long droppedFrames) {
    LOG.info(
        "call {}: media ended, {} ({}), {} caller frames dropped",
        callId,
        ending,
        reason,
        droppedFrames);
    Map<String, String> details = new LinkedHashMap<>(reached);
    details.put("ending", ending.name());
    details.put("reason", reason);
    details.put("droppedFrames", "" + droppedFrames);
    if (isFinal) {
      details.put("final", "true");
    }
    write(Kind.MEDIA_ENDED, "" + session, details);
  }

  private CallEvent write(Kind kind, String key, Map<String, String> details) {
    return write(kind, key, details, clock.instant());
  }

  private CallEvent write(Kind kind, String key, Map<String, String> details, Instant at) {
    Map<String, String> all = new HashMap<>(details);
    all.put("session", "" + session);
    CallEvent event = new CallEvent(callId, kind, Source.RELAY, key, at, all);
    writer.write(event);
    return event;
  }

  /// Names that an agent makes up: what the database does not take would cost more than the name.
  private static String storable(String name) {
    return name.substring(0, Math.min(name.length(), 200)).replace('\0', ' ');
  }

  /// The agent's platform names its conversations: a name that would forge a log line is not
  /// printed.
  private static String printable(String id) {
    return id.matches("[\\w.:-]{1,100}") ? id : "(unprintable)";
  }
}
