package dev.callbridge.tools;

import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// One use of a tool.
///
/// @param callId ours
/// @param toolCallId the agent's platform's, unique in the call
/// @param arguments an object that fits the tool's schema
public record ToolRequest(UUID callId, String toolCallId, JsonNode arguments) {

  /// Arguments are what somebody said.
  @Override
  public String toString() {
    return "ToolRequest[callId=" + callId + ", toolCallId=" + toolCallId + "]";
  }
}
