package dev.callbridge.sandbox.elevenlabs;

import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the client's messages as strictly as the contract allows, where the product reads
/// leniently.
final class ClientMessages {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Set<String> FEEDBACK = Set.of("like", "dislike");

  private ClientMessages() {}

  static ClientMessage parse(String text) {
    try {
      JsonNode message = JSON.readTree(text);
      if (!message.isObject()) {
        return new ClientMessage.Invalid("not a JSON object: " + abridged(text), "invalid_message");
      }
      return message.has("user_audio_chunk") ? audio(message) : typed(message);
    } catch (JacksonException e) {
      return new ClientMessage.Invalid("not JSON: " + abridged(text), "invalid_message");
    } catch (Wrong e) {
      return new ClientMessage.Invalid(e.problem, e.errorType);
    }
  }

  private static ClientMessage audio(JsonNode message) {
    if (message.size() != 1) {
      throw new Wrong("user_audio_chunk travels alone, found " + message.propertyNames(), "");
    }
    try {
      byte[] audio = Base64.getDecoder().decode(string(message, "user_audio_chunk"));
      if (audio.length == 0) {
        throw new Wrong("empty user_audio_chunk", "");
      }
      return new ClientMessage.UserAudio(audio);
    } catch (IllegalArgumentException e) {
      throw new Wrong("user_audio_chunk is not base64: " + e.getMessage(), "value_error");
    }
  }

  private static ClientMessage typed(JsonNode message) {
    String type = string(message, "type");
    return switch (type) {
      case "conversation_initiation_client_data" -> new ClientMessage.Initiation(message);
      case "pong" -> new ClientMessage.Pong(integer(message, "event_id"));
      case "client_tool_result" ->
          new ClientMessage.ToolResult(
              string(message, "tool_call_id"),
              string(message, "result"),
              bool(message, "is_error"));
      case "user_message" -> new ClientMessage.UserMessage(stringOrNothing(message, "text"));
      case "user_activity" -> new ClientMessage.UserActivity();
      case "contextual_update" -> new ClientMessage.ContextualUpdate(string(message, "text"));
      case "feedback" -> feedback(message);
      case "mcp_tool_approval_result" -> {
        string(message, "tool_call_id");
        bool(message, "is_approved");
        yield new ClientMessage.Unused(type);
      }
      case "multimodal_message" -> new ClientMessage.Unused(type);
      default -> throw new Wrong("unknown type " + type, "");
    };
  }

  private static ClientMessage feedback(JsonNode message) {
    integer(message, "event_id");
    JsonNode score = required(message, "score");
    if (!score.isNull() && !(score.isString() && FEEDBACK.contains(score.asString()))) {
      throw new Wrong(
          "feedback score " + score + ", expected like, dislike or null", "value_error");
    }
    return new ClientMessage.Unused("feedback");
  }

  private static String string(JsonNode message, String field) {
    JsonNode value = required(message, field);
    if (!value.isString()) {
      throw new Wrong(field + " is " + value.getNodeType() + ", expected a string", "value_error");
    }
    return value.asString();
  }

  private static String stringOrNothing(JsonNode message, String field) {
    JsonNode value = message.get(field);
    return value == null || value.isNull() ? "" : string(message, field);
  }

  private static int integer(JsonNode message, String field) {
    JsonNode value = required(message, field);
    if (!value.isInt()) {
      throw new Wrong(field + " is " + value + ", expected an integer", "value_error");
    }
    return value.intValue();
  }

  private static boolean bool(JsonNode message, String field) {
    JsonNode value = required(message, field);
    if (!value.isBoolean()) {
      throw new Wrong(field + " is " + value + ", expected true or false", "value_error");
    }
    return value.booleanValue();
  }

  private static JsonNode required(JsonNode message, String field) {
    @Nullable JsonNode value = message.get(field);
    if (value == null) {
      throw new Wrong("missing " + field + " among " + message.propertyNames(), "missing_fields");
    }
    return value;
  }

  private static String abridged(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }

  private static final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String problem;
    private final String errorType;

    Wrong(String problem, String errorType) {
      super(problem, null, false, false);
      this.problem = problem;
      this.errorType = errorType;
    }
  }
}
