package dev.callbridge.elevenlabs;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeInfo.Id;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message from an ElevenLabs agent over its socket, in ElevenLabs's words. The name of the
/// payload follows no rule, so each record spells its own. Fields may be missing that the contract
/// requires.
@JsonTypeInfo(use = Id.NAME, property = "type", defaultImpl = ServerMessage.Unrecognized.class)
public sealed interface ServerMessage {

  @JsonTypeName("conversation_initiation_metadata")
  record Metadata(@JsonProperty("conversation_initiation_metadata_event") @Nullable Event event)
      implements ServerMessage {
    record Event(
        @JsonProperty("conversation_id") @Nullable String conversationId,
        @JsonProperty("agent_output_audio_format") @Nullable String agentOutputAudioFormat,
        @JsonProperty("user_input_audio_format") @Nullable String userInputAudioFormat) {}
  }

  @JsonTypeName("asr_initiation_metadata")
  record AsrMetadata() implements ServerMessage {}

  /// @param event its `ping_ms` may be null, its `event_id` zero
  @JsonTypeName("ping")
  record Ping(@JsonProperty("ping_event") @Nullable Event event) implements ServerMessage {
    record Event(
        @JsonProperty("event_id") long eventId, @JsonProperty("ping_ms") @Nullable Long pingMs) {}
  }

  @JsonTypeName("audio")
  record Audio(@JsonProperty("audio_event") @Nullable Event event) implements ServerMessage {
    record Event(
        @JsonProperty("audio_base_64") @Nullable String audioBase64,
        @JsonProperty("event_id") long eventId,
        @Nullable Alignment alignment) {
      @Override
      public String toString() {
        return "Event[eventId=" + eventId + "]";
      }
    }

    record Alignment(
        @JsonAlias("characters") @Nullable List<String> chars,
        @JsonProperty("char_start_times_ms") @Nullable List<Integer> charStartTimesMs,
        @JsonProperty("char_durations_ms") @Nullable List<Integer> charDurationsMs) {}
  }

  @JsonTypeName("user_transcript")
  record UserTranscript(@JsonProperty("user_transcription_event") @Nullable Event event)
      implements ServerMessage {
    record Event(
        @JsonProperty("user_transcript") @Nullable String userTranscript,
        @JsonProperty("event_id") @Nullable Long eventId) {
      @Override
      public String toString() {
        return "Event[]";
      }
    }
  }

  @JsonTypeName("tentative_user_transcript")
  record TentativeUserTranscript() implements ServerMessage {}

  @JsonTypeName("agent_response")
  record AgentResponse(@JsonProperty("agent_response_event") @Nullable Event event)
      implements ServerMessage {
    record Event(
        @JsonProperty("agent_response") @Nullable String agentResponse,
        @JsonProperty("event_id") @Nullable Long eventId) {
      @Override
      public String toString() {
        return "Event[]";
      }
    }
  }

  @JsonTypeName("agent_response_correction")
  record AgentResponseCorrection(
      @JsonProperty("agent_response_correction_event") @Nullable Event event)
      implements ServerMessage {
    record Event(
        @JsonProperty("original_agent_response") @Nullable String originalAgentResponse,
        @JsonProperty("corrected_agent_response") @Nullable String correctedAgentResponse,
        @JsonProperty("event_id") @Nullable Long eventId) {
      @Override
      public String toString() {
        return "Event[]";
      }
    }
  }

  @JsonTypeName("agent_chat_response_part")
  record AgentChatResponsePart() implements ServerMessage {}

  @JsonTypeName("agent_reasoning_response_part")
  record AgentReasoningResponsePart() implements ServerMessage {}

  @JsonTypeName("interruption")
  record Interruption(@JsonProperty("interruption_event") @Nullable Event event)
      implements ServerMessage {
    record Event(@JsonProperty("event_id") @Nullable Long eventId) {}
  }

  @JsonTypeName("vad_score")
  record VadScore() implements ServerMessage {}

  @JsonTypeName("client_tool_call")
  record ClientToolCall(@JsonProperty("client_tool_call") @Nullable Event event)
      implements ServerMessage {
    record Event(
        @JsonProperty("tool_name") @Nullable String toolName,
        @JsonProperty("tool_call_id") @Nullable String toolCallId,
        @Nullable Map<String, Object> parameters,
        @JsonProperty("event_id") @Nullable Long eventId) {
      @Override
      public String toString() {
        return "Event[toolName=" + toolName + "]";
      }
    }
  }

  @JsonTypeName("agent_tool_request")
  record AgentToolRequest(@JsonProperty("agent_tool_request") @Nullable ToolEvent event)
      implements ServerMessage {}

  @JsonTypeName("agent_tool_response")
  record AgentToolResponse(@JsonProperty("agent_tool_response") @Nullable ToolEvent event)
      implements ServerMessage {}

  @JsonTypeName("agent_tool_response_full_payload")
  record AgentToolResponseFullPayload(
      @JsonProperty("agent_tool_response_full_payload") @Nullable ToolEvent event)
      implements ServerMessage {}

  record ToolEvent(
      @JsonProperty("tool_name") @Nullable String toolName,
      @JsonProperty("tool_call_id") @Nullable String toolCallId,
      @JsonProperty("tool_type") @Nullable String toolType,
      @JsonProperty("is_error") @Nullable Boolean isError,
      @JsonProperty("is_called") @Nullable Boolean isCalled) {}

  @JsonTypeName("mcp_tool_call")
  record McpToolCall() implements ServerMessage {}

  @JsonTypeName("mcp_connection_status")
  record McpConnectionStatus() implements ServerMessage {}

  @JsonTypeName("context_usage")
  record ContextUsage() implements ServerMessage {}

  @JsonTypeName("guardrail_triggered")
  record GuardrailTriggered() implements ServerMessage {}

  @JsonTypeName("rich_content")
  record RichContent() implements ServerMessage {}

  @JsonTypeName("agent_typing")
  record AgentTyping() implements ServerMessage {}

  @JsonTypeName("external_agent_connected")
  record ExternalAgentConnected() implements ServerMessage {}

  @JsonTypeName("external_agent_disconnected")
  record ExternalAgentDisconnected() implements ServerMessage {}

  @JsonTypeName("internal_turn_probability")
  record InternalTurnProbability() implements ServerMessage {}

  @JsonTypeName("internal_tentative_agent_response")
  record InternalTentativeAgentResponse() implements ServerMessage {}

  /// Comes before the close that it explains. The payload itself may be missing.
  @JsonTypeName("error")
  record Failure(@JsonProperty("error_event") @Nullable Event event) implements ServerMessage {
    record Event(
        @Nullable Integer code,
        @JsonProperty("error_type") @Nullable String errorType,
        @Nullable String message,
        @Nullable String reason) {}
  }

  /// In the REST contract and not in the socket's: an agent's turn is over.
  @JsonTypeName("agent_response_complete")
  record AgentResponseComplete() implements ServerMessage {}

  @JsonTypeName("agent_response_metadata")
  record AgentResponseMetadata() implements ServerMessage {}

  @JsonTypeName("client_error")
  record ClientError() implements ServerMessage {}

  @JsonTypeName("dtmf_request")
  record DtmfRequest() implements ServerMessage {}

  /// Any other type. The contract grows twice a month; that must not end a call.
  record Unrecognized() implements ServerMessage {}
}
