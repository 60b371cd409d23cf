package dev.callbridge.sandbox.elevenlabs;

import java.math.BigDecimal;
import java.math.RoundingMode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A conversation as the vendor tells of it: the same in its REST answer and in its webhook.
final class ConversationJson {

  private static final JsonMapper JSON = new JsonMapper();

  private static final long CREDITS_PER_SECOND = 11;
  private static final BigDecimal USD_PER_SECOND = new BigDecimal("0.00167");

  private ConversationJson() {}

  static ObjectNode of(AgentSession session) {
    boolean success = session.closeCode().orElse(0) == 1000;
    return of(session, session.hasEnded(), success);
  }

  /// As if it were over and had gone well, whatever is still being said.
  static ObjectNode finished(AgentSession session) {
    return session.hasEnded() ? of(session) : of(session, true, true);
  }

  private static ObjectNode of(AgentSession session, boolean done, boolean success) {
    ObjectNode conversation = JSON.createObjectNode();
    conversation.put("agent_id", session.agentId());
    conversation.put("conversation_id", session.conversationId());
    conversation.put("status", !done ? "in-progress" : success ? "done" : "failed");
    ObjectNode data = conversation.putObject("conversation_initiation_client_data");
    session
        .initiationData()
        .ifPresent(given -> given.properties().forEach(e -> data.set(e.getKey(), e.getValue())));
    data.remove("type");
    conversation.set("user_id", data.path("user_id").isString() ? data.path("user_id") : null);
    describe(conversation.putObject("metadata"), session, done, success);
    if (done) {
      analyse(conversation.putObject("analysis"), session, success);
    } else {
      conversation.putNull("analysis");
    }
    ArrayNode transcript = conversation.putArray("transcript");
    session.transcript().forEach(turn -> transcript.add(describe(turn)));
    if (endedByTool(session) && !transcript.isEmpty()) {
      ((ObjectNode) transcript.get(transcript.size() - 1))
          .putArray("tool_calls")
          .addObject()
          .put("type", "system")
          .put("request_id", "call_end")
          .put("tool_name", "end_call")
          .put("params_as_json", "{}")
          .put("tool_has_been_called", true);
    }
    boolean heard = session.callerFrames() > 0;
    conversation.put("has_audio", heard).put("has_user_audio", heard);
    return conversation.put("has_response_audio", session.first("sent audio").isPresent());
  }

  private static void describe(
      ObjectNode metadata, AgentSession session, boolean done, boolean success) {
    long seconds = session.duration().toSeconds();
    metadata.put("start_time_unix_secs", session.startedAt().getEpochSecond());
    metadata.put("call_duration_secs", seconds);
    if (done) {
      BigDecimal usd = USD_PER_SECOND.multiply(BigDecimal.valueOf(seconds));
      metadata.put("cost", CREDITS_PER_SECOND * seconds);
      metadata.put("cost_fiat", usd.setScale(4, RoundingMode.HALF_UP));
    } else {
      metadata.putNull("cost").putNull("cost_fiat");
    }
    metadata.putNull("phone_call");
    metadata.put("termination_reason", done ? terminationReason(session) : "");
    if (done && !success) {
      metadata.putObject("error").put("code", session.closeCode().orElse(1006)).putNull("reason");
    } else {
      metadata.putNull("error");
    }
  }

  private static void analyse(ObjectNode analysis, AgentSession session, boolean success) {
    String verdict = success ? "success" : "failure";
    analysis.put("call_successful", verdict);
    analysis.put("call_summary_title", "A table for the sandbox");
    analysis.put("transcript_summary", session.transcript().size() + " turns in the sandbox.");
    analysis
        .putObject("data_collection_results")
        .putObject("turns")
        .put("data_collection_id", "turns")
        .put("value", session.transcript().size())
        .put("rationale", "Counted.");
    analysis
        .putObject("evaluation_criteria_results")
        .putObject("closed_in_order")
        .put("criteria_id", "closed_in_order")
        .put("result", verdict)
        .put("rationale", "By the close code of the socket.");
  }

  private static ObjectNode describe(AgentSession.Turn turn) {
    ObjectNode entry = JSON.createObjectNode();
    entry.put("role", turn.role()).put("message", turn.text());
    entry.put("time_in_call_secs", turn.at().toSeconds());
    entry.put("interrupted", turn.interrupted());
    if (turn.original() != null) {
      entry.put("original_message", turn.original());
    }
    entry.putNull("tool_calls").putNull("tool_results");
    return entry;
  }

  private static boolean endedByTool(AgentSession session) {
    return session.timeline().stream()
        .anyMatch(entry ->
            entry.kind().equals("sent agent_tool_response") && entry.detail().equals("end_call"));
  }

  private static String terminationReason(AgentSession session) {
    if (session.closedByClient()) {
      return "Client disconnected: " + session.closeCode().orElse(1006);
    }
    return endedByTool(session)
        ? "end_call tool was called."
        : "Closed by the agent: " + session.closeCode().orElse(1006);
  }
}
