package dev.callbridge.agent;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an agent is told before the first word.
///
/// @param agentId the agent as its platform names it
/// @param callId ours, for the platform's record of the conversation
/// @param variables dynamic variables: strings, numbers and booleans by name
/// @param firstMessage what to open with instead of the agent's own greeting, or null
/// @param language such as `en`, or null for the agent's own
/// @param voiceId the voice to speak with, or null for the agent's own
/// @param soFar what was said in this call before, where it goes on after a loss, or null
public record Introduction(
    String agentId,
    String callId,
    Map<String, Object> variables,
    @Nullable String firstMessage,
    @Nullable String language,
    @Nullable String voiceId,
    @Nullable String soFar) {

  /// Of a call that begins.
  public Introduction(
      String agentId,
      String callId,
      Map<String, Object> variables,
      @Nullable String firstMessage,
      @Nullable String language,
      @Nullable String voiceId) {
    this(agentId, callId, variables, firstMessage, language, voiceId, null);
  }

  /// Names of people are in here: only the call is printed.
  @Override
  public String toString() {
    return "Introduction[callId=" + callId + ", agentId=" + agentId + "]";
  }
}
