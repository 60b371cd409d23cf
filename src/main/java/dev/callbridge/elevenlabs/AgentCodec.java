package dev.callbridge.elevenlabs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.callbridge.agent.Introduction;
import dev.callbridge.agent.ToAgent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Frame to message and back on an agent socket. The only class that knows its messages are JSON.
final class AgentCodec {

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(64)
                          .maxNumberLength(64)
                          .maxStringLength(ElevenLabsAgent.MAX_FRAME_BYTES)
                          .build())
                  .build())
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .changeDefaultPropertyInclusion(_ -> JsonInclude.Value.construct(Include.NON_NULL, null))
          .build();

  private static final byte[] AUDIO = ascii("{\"user_audio_chunk\":\"");
  private static final byte[] END = ascii("\"}");

  private AgentCodec() {}

  /// Meets every kind of message once, ahead of the first call: Jackson takes a lock for a kind it
  /// has not met, which is not for event loops.
  static void learn() {
    for (Class<?> message : ServerMessage.class.getPermittedSubclasses()) {
      JsonTypeName name = message.getAnnotation(JsonTypeName.class);
      String type = name == null ? "" : name.value();
      var _ = JSON.readValue("{\"type\":\"" + type + "\"}", ServerMessage.class);
    }
    Map<String, Object> nested = Map.of("text", "", "number", 0L, "flag", true);
    var _ = JSON.writeValueAsBytes(fields("", "map", nested, "list", List.of(), "whole", 0));
  }

  /// @throws JacksonException when it is not a JSON object
  static ServerMessage decode(ByteBuf frame) {
    InputStream input = new ByteBufInputStream(frame.duplicate());
    @Nullable ServerMessage message = JSON.readValue(input, ServerMessage.class);
    return message == null ? new ServerMessage.Unrecognized() : message;
  }

  static ByteBuf encode(ToAgent message, ByteBufAllocator allocator) {
    return switch (message) {
      case ToAgent.Audio(var payload) -> audio(payload, allocator);
      case ToAgent.Context(var text, var id) ->
          json(allocator, fields("contextual_update", "text", text, "context_id", id));
      case ToAgent.Pressed(var key) ->
          encode(new ToAgent.Context("The caller pressed " + key, null), allocator);
      case ToAgent.Played _ -> throw new IllegalArgumentException("it does not follow playback");
      // Keeps it from asking whether the caller is still there.
      case ToAgent.TakenOver _ -> json(allocator, fields("user_activity"));
      case ToAgent.HandedBack(var meanwhile) ->
          encode(new ToAgent.Context(meanwhile, null), allocator);
      case ToAgent.Message(var text) -> json(allocator, fields("user_message", "text", text));
      case ToAgent.ToolResult(var id, var result, var isError) ->
          json(
              allocator,
              fields(
                  "client_tool_result", "tool_call_id", id, "result", result, "is_error", isError));
    };
  }

  static ByteBuf audio(byte[] payload, ByteBufAllocator allocator) {
    return allocator
        .buffer(AUDIO.length + payload.length + END.length)
        .writeBytes(AUDIO)
        .writeBytes(payload)
        .writeBytes(END);
  }

  static ByteBuf pong(long eventId, ByteBufAllocator allocator) {
    return json(allocator, fields("pong", "event_id", eventId));
  }

  /// The first message of a conversation. What is not overridden is left out: an empty value would
  /// mean something else than the agent's own.
  static ByteBuf introduce(Introduction introduction, ByteBufAllocator allocator) {
    Map<String, Object> agent = new LinkedHashMap<>();
    putIfPresent(agent, "first_message", introduction.firstMessage());
    putIfPresent(agent, "language", introduction.language());
    Map<String, Object> override = new LinkedHashMap<>();
    if (!agent.isEmpty()) {
      override.put("agent", agent);
    }
    if (introduction.voiceId() != null) {
      override.put("tts", Map.of("voice_id", introduction.voiceId()));
    }
    Map<String, @Nullable Object> message =
        fields(
            "conversation_initiation_client_data",
            "conversation_config_override",
            override.isEmpty() ? null : override,
            "dynamic_variables",
            introduction.variables(),
            "user_id",
            introduction.callId());
    return json(allocator, message);
  }

  private static void putIfPresent(Map<String, Object> map, String name, @Nullable String value) {
    if (value != null) {
      map.put(name, value);
    }
  }

  private static Map<String, @Nullable Object> fields(String type, @Nullable Object... rest) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("type", type);
    for (int i = 0; i < rest.length; i += 2) {
      if (rest[i + 1] != null) {
        fields.put(String.valueOf(rest[i]), rest[i + 1]);
      }
    }
    return fields;
  }

  private static ByteBuf json(ByteBufAllocator allocator, Map<String, @Nullable Object> message) {
    byte[] text = JSON.writeValueAsBytes(message);
    return allocator.buffer(text.length).writeBytes(text);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
