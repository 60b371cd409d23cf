package dev.callbridge.elevenlabs;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// What ElevenLabs posts when a conversation is over.
public sealed interface PostCall {

  /// The analysis, with the transcript.
  record Transcription(ConversationReport report) implements PostCall {}

  /// The sound of the conversation, which is not kept.
  record Audio(String conversationId) implements PostCall {}

  /// A call that ElevenLabs itself was to place, and could not.
  ///
  /// @param reason `busy`, `no-answer` or `unknown`
  record InitiationFailure(String conversationId, String reason) implements PostCall {}

  /// Any other type, or no sense at all. ElevenLabs may add one, and is thanked for it.
  record Unrecognized() implements PostCall {}

  /// Never fails: what was signed and cannot be read is [Unrecognized].
  static PostCall read(byte[] body) {
    try {
      JsonNode message = ReportJson.read(body);
      JsonNode data = message.path("data");
      String conversation = data.path("conversation_id").stringValue("");
      if (!ConversationReport.isId(conversation)) {
        return new Unrecognized();
      }
      return switch (message.path("type").stringValue("")) {
        case "post_call_transcription" -> transcription(ConversationReport.of(data));
        case "post_call_audio" -> new Audio(conversation);
        case "call_initiation_failure" -> {
          String reason = data.path("failure_reason").stringValue("");
          yield new InitiationFailure(
              conversation, reason.matches("[a-z_-]{1,40}") ? reason : "unknown");
        }
        default -> new Unrecognized();
      };
    } catch (JacksonException e) {
      return new Unrecognized();
    }
  }

  private static PostCall transcription(@Nullable ConversationReport report) {
    return report == null ? new Unrecognized() : new Transcription(report);
  }
}
