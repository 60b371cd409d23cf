package dev.callbridge.sandbox.elevenlabs;

import tools.jackson.databind.JsonNode;

/// A message from the client, checked against the contract.
sealed interface ClientMessage {

  /// The first message of a conversation.
  record Initiation(JsonNode data) implements ClientMessage {}

  /// The caller's voice, decoded from base64. The one message without a `type`.
  @SuppressWarnings("ArrayRecordComponent")
  record UserAudio(byte[] audio) implements ClientMessage {}

  record Pong(int eventId) implements ClientMessage {}

  record ToolResult(String toolCallId, String result, boolean isError) implements ClientMessage {}

  /// Text that counts as said by the caller.
  record UserMessage(String text) implements ClientMessage {}

  record UserActivity() implements ClientMessage {}

  record ContextualUpdate(String text) implements ClientMessage {}

  /// A message the contract knows and this agent has no use for.
  record Unused(String type) implements ClientMessage {}

  /// A message that breaks the contract.
  ///
  /// @param errorType what the `error` message calls it, or empty when the conversation goes on
  record Invalid(String problem, String errorType) implements ClientMessage {}
}
