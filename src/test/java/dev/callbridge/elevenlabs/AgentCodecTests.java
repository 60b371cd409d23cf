package dev.callbridge.elevenlabs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.callbridge.agent.Introduction;
import dev.callbridge.agent.ToAgent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AgentCodecTests {

  private static final UnpooledByteBufAllocator HEAP = UnpooledByteBufAllocator.DEFAULT;

  @Test
  void audioHasNoType() {
    assertThat(text(AgentCodec.encode(new ToAgent.Audio("/////w==".getBytes(UTF_8)), HEAP)))
        .isEqualTo("{\"user_audio_chunk\":\"/////w==\"}");
  }

  @Test
  void aPongEchoesItsPing() {
    assertThat(text(AgentCodec.pong(0, HEAP))).isEqualTo("{\"type\":\"pong\",\"event_id\":0}");
  }

  @Test
  void messagesAreSpelledAsTheAgentReadsThem() {
    assertThat(text(AgentCodec.encode(new ToAgent.Context("pressed 2", "ivr"), HEAP)))
        .isEqualTo(
            "{\"type\":\"contextual_update\",\"text\":\"pressed 2\",\"context_id\":\"ivr\"}");
    assertThat(text(AgentCodec.encode(new ToAgent.Pressed("2"), HEAP)))
        .contains("contextual_update", "The caller pressed 2");
    assertThat(text(AgentCodec.encode(new ToAgent.Context("pressed 2", null), HEAP)))
        .isEqualTo("{\"type\":\"contextual_update\",\"text\":\"pressed 2\"}");
    assertThat(text(AgentCodec.encode(new ToAgent.Message("Hello \"you\"\n"), HEAP)))
        .isEqualTo("{\"type\":\"user_message\",\"text\":\"Hello \\\"you\\\"\\n\"}");
    assertThat(text(AgentCodec.encode(new ToAgent.ToolResult("call_1", "{}", false), HEAP)))
        .isEqualTo(
            "{\"type\":\"client_tool_result\",\"tool_call_id\":\"call_1\",\"result\":\"{}\","
                + "\"is_error\":false}");
  }

  @Test
  void whatIsNotOverriddenIsLeftOut() {
    assertThat(text(AgentCodec.introduce(introduction(null, null, null), HEAP)))
        .isEqualTo(
            "{\"type\":\"conversation_initiation_client_data\",\"dynamic_variables\":"
                + "{\"name\":\"Jo\\\"hn\",\"attempt\":2,\"vip\":true},\"user_id\":\"call-1\"}");
    assertThat(text(AgentCodec.introduce(introduction(null, "en", null), HEAP)))
        .contains("\"conversation_config_override\":{\"agent\":{\"language\":\"en\"}}");
    assertThat(text(AgentCodec.introduce(introduction(null, null, "v1"), HEAP)))
        .contains("\"conversation_config_override\":{\"tts\":{\"voice_id\":\"v1\"}}");
  }

  @Test
  void everyOverrideHasItsPlace() {
    assertThat(text(AgentCodec.introduce(introduction("Hi.", "en", "v1"), HEAP)))
        .contains(
            "\"conversation_config_override\":{\"agent\":{\"first_message\":\"Hi.\","
                + "\"language\":\"en\"},\"tts\":{\"voice_id\":\"v1\"}}");
  }

  private static Introduction introduction(
      @org.jspecify.annotations.Nullable String firstMessage,
      @org.jspecify.annotations.Nullable String language,
      @org.jspecify.annotations.Nullable String voiceId) {
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("name", "Jo\"hn");
    variables.put("attempt", 2);
    variables.put("vip", true);
    return new Introduction("agent_1", "call-1", variables, firstMessage, language, voiceId);
  }

  private static String text(ByteBuf frame) {
    try {
      return frame.toString(UTF_8);
    } finally {
      frame.release();
    }
  }
}
