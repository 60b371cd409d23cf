package dev.callbridge.elevenlabs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// How a conversation stands, as ElevenLabs has it, for those whose own end of it was cut off.
///
/// @param status ElevenLabs's word: `initiated`, `in-progress`, `processing`, `done`, `failed`
/// @param agentEnded the agent used its tool to end the call, and the platform did as it asked. Why
///   else a conversation ended is free text there, which says nothing for certain
/// @param at when it was over, to a second or two; null where that is not said
public record ConversationEnd(
    String conversationId, String status, boolean agentEnded, @Nullable Instant at) {

  private static final String END_CALL = "end_call";
  private static final int MAX_STATUS = 40;

  /// @return null without a conversation id
  static @Nullable ConversationEnd of(JsonNode data) {
    String id = data.path("conversation_id").stringValue("");
    String status = data.path("status").stringValue("unknown");
    return ConversationReport.isId(id)
        ? new ConversationEnd(
            id,
            status.matches("[a-z_-]{1," + MAX_STATUS + "}") ? status : "unknown",
            ended(data),
            at(data.path("metadata")))
        : null;
  }

  private static @Nullable Instant at(JsonNode metadata) {
    JsonNode began = metadata.path("start_time_unix_secs");
    JsonNode took = metadata.path("call_duration_secs");
    return began.isNumber() && took.isNumber()
        ? Instant.ofEpochSecond(began.longValue()).plusSeconds(took.longValue())
        : null;
  }

  /// The last time the agent spoke counts: what comes after the tool has ended the call is nothing.
  private static boolean ended(JsonNode data) {
    boolean ended = false;
    for (JsonNode turn : data.path("transcript")) {
      ended =
          "agent".equals(turn.path("role").stringValue(""))
              ? called(turn)
              : ended && !"user".equals(turn.path("role").stringValue(""));
    }
    return ended;
  }

  private static boolean called(JsonNode turn) {
    boolean called = false;
    for (JsonNode call : turn.path("tool_calls")) {
      called |=
          END_CALL.equals(call.path("tool_name").stringValue(""))
              && call.path("tool_has_been_called").booleanValue(false);
    }
    for (JsonNode result : turn.path("tool_results")) {
      called &=
          !(END_CALL.equals(result.path("tool_name").stringValue(""))
              && result.path("is_error").booleanValue(false));
    }
    return called;
  }

  /// Nothing more is said in it.
  public boolean isOver() {
    return !status.equals("initiated") && !status.equals("in-progress");
  }
}
