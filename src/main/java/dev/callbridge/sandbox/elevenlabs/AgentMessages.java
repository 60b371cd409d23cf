package dev.callbridge.sandbox.elevenlabs;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The agent's messages as ElevenLabs writes them. The payload key follows no rule, so each is
/// spelled out.
final class AgentMessages {

  private static final JsonMapper JSON = new JsonMapper();

  private AgentMessages() {}

  static String metadata(String conversationId, AudioFormat output, AudioFormat input) {
    ObjectNode event = JSON.createObjectNode();
    event.put("conversation_id", conversationId);
    event.put("agent_output_audio_format", output.wireName());
    event.put("user_input_audio_format", input.wireName());
    return message(
        "conversation_initiation_metadata", "conversation_initiation_metadata_event", event);
  }

  static String ping(int eventId, @Nullable Integer pingMs) {
    ObjectNode event = JSON.createObjectNode().put("event_id", eventId).put("ping_ms", pingMs);
    return message("ping", "ping_event", event);
  }

  /// Written by hand from parts encoded once: this is nearly all the double ever sends.
  static String audio(AgentVoice.Chunk chunk, int eventId) {
    return "{\"type\":\"audio\",\"audio_event\":{\"audio_base_64\":\""
        + chunk.base64()
        + "\",\"event_id\":"
        + eventId
        + ",\"alignment\":"
        + chunk.alignment()
        + "}}";
  }

  static String agentResponse(String text, int eventId) {
    ObjectNode event = JSON.createObjectNode().put("agent_response", text);
    return message("agent_response", "agent_response_event", event.put("event_id", eventId));
  }

  static String correction(String original, String corrected, int eventId) {
    ObjectNode event = JSON.createObjectNode();
    event.put("original_agent_response", original);
    event.put("corrected_agent_response", corrected);
    event.put("event_id", eventId);
    return message("agent_response_correction", "agent_response_correction_event", event);
  }

  static String userTranscript(String text, int eventId) {
    ObjectNode event = JSON.createObjectNode().put("user_transcript", text);
    return message("user_transcript", "user_transcription_event", event.put("event_id", eventId));
  }

  static String tentativeTranscript(String text, int eventId) {
    ObjectNode event = JSON.createObjectNode().put("user_transcript", text);
    return message(
        "tentative_user_transcript",
        "tentative_user_transcription_event",
        event.put("event_id", eventId));
  }

  static String interruption(int eventId) {
    ObjectNode event = JSON.createObjectNode().put("event_id", eventId);
    return message("interruption", "interruption_event", event);
  }

  static String vadScore(double score) {
    ObjectNode event = JSON.createObjectNode().put("vad_score", score);
    return message("vad_score", "vad_score_event", event);
  }

  static String toolCall(String tool, String callId, JsonNode parameters, int eventId) {
    ObjectNode call = JSON.createObjectNode().put("tool_name", tool).put("tool_call_id", callId);
    call.set("parameters", parameters);
    return message("client_tool_call", "client_tool_call", call.put("event_id", eventId));
  }

  static String toolResponse(
      String tool, String callId, String toolType, boolean isError, boolean isCalled, int eventId) {
    ObjectNode response = JSON.createObjectNode();
    response.put("tool_name", tool);
    response.put("tool_call_id", callId);
    response.put("tool_type", toolType);
    response.put("is_error", isError);
    response.put("is_called", isCalled);
    response.put("event_id", eventId);
    return message("agent_tool_response", "agent_tool_response", response);
  }

  static String error(int code, String errorType, String text) {
    ObjectNode event = JSON.createObjectNode();
    event.put("code", code);
    event.put("message", text);
    event.put("error_type", errorType);
    event.put("reason", text);
    event.putNull("debug_message");
    event.set("details", JSON.createObjectNode());
    return message("error", "error_event", event);
  }

  static String message(String type, String key, JsonNode payload) {
    ObjectNode message = JSON.createObjectNode().put("type", type);
    message.set(key, payload);
    return message.toString();
  }
}
