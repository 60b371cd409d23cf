package dev.callbridge.diagnostics;

import dev.callbridge.assistants.Assistant;
import dev.callbridge.elevenlabs.AgentProfile;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What an assistant or a call may set otherwise than its agent has it.
enum AgentOverride {
  FIRST_MESSAGE(
      AgentProfile.FIRST_MESSAGE, "firstMessage", "First message", Assistant::firstMessage),
  LANGUAGE(AgentProfile.LANGUAGE, "language", "Language", Assistant::language),
  VOICE(AgentProfile.VOICE_ID, "voiceId", "Voice", Assistant::voiceId);

  private final String path;
  private final String field;
  private final String words;
  private final Function<Assistant, @Nullable String> setting;

  AgentOverride(
      String path, String field, String words, Function<Assistant, @Nullable String> setting) {
    this.path = path;
    this.field = field;
    this.words = words;
    this.setting = setting;
  }

  boolean isAllowedBy(AgentProfile agent) {
    return agent.overrides().contains(path);
  }

  boolean isSetBy(Assistant assistant) {
    return setting.apply(assistant) != null;
  }

  /// As the API names it.
  String field() {
    return field;
  }

  /// As ElevenLabs's page names it.
  String words() {
    return words;
  }
}
