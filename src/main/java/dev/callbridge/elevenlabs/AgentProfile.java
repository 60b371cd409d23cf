package dev.callbridge.elevenlabs;

import dev.callbridge.audio.AudioFormat;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// How an agent is set up, as far as a telephone call depends on it.
///
/// @param hears the format it expects the caller in, null where it does not say
/// @param speaks the format of its own voice, likewise
/// @param voiceId its voice, null where it does not say
/// @param textOnly it has no voice at all
/// @param clientEvents what it tells of a conversation, empty where it does not say
/// @param overrides what a call may set otherwise, such as `agent.first_message`
/// @param variables which a call must bring: used, and without a placeholder
/// @param maxConversations of this agent at a time, negative for as many as the workspace may have
public record AgentProfile(
    @Nullable String hears,
    @Nullable String speaks,
    @Nullable String voiceId,
    boolean textOnly,
    Set<String> clientEvents,
    Set<String> overrides,
    SortedSet<String> variables,
    long maxConversations) {

  public static final String FIRST_MESSAGE = "agent.first_message";
  public static final String LANGUAGE = "agent.language";
  public static final String VOICE_ID = "tts.voice_id";

  /// Longer names are not variables, and a prompt that has more is not read to its end.
  private static final Pattern VARIABLE =
      Pattern.compile("\\{\\{\\s*([A-Za-z_][A-Za-z0-9_]{0,63})\\s*}}");

  private static final int MAX_VARIABLES = 100;

  /// What a call gives without being asked to, and what the platform does.
  private static final Set<String> GIVEN =
      Set.of("call_id", "call_sid", "caller_number", "called_number");

  /// Whether a call can carry that format, if not as it is then transcoded.
  public static boolean isCarried(@Nullable String format) {
    return format != null && AudioFormat.parse(format).isPresent();
  }

  /// @return null when it is not an agent
  static @Nullable AgentProfile of(JsonNode agent, String agentId) {
    JsonNode config = agent.path("conversation_config");
    JsonNode platform = agent.path("platform_settings");
    if (!agentId.equals(agent.path("agent_id").asString("")) || !config.isObject()) {
      return null;
    }
    JsonNode conversation = config.path("conversation");
    return new AgentProfile(
        text(config.path("asr").path("user_input_audio_format")),
        text(config.path("tts").path("agent_output_audio_format")),
        text(config.path("tts").path("voice_id")),
        conversation.path("text_only").asBoolean(false),
        conversation
            .path("client_events")
            .valueStream()
            .map(event -> event.asString(""))
            .limit(100)
            .collect(Collectors.toUnmodifiableSet()),
        overrides(platform.path("overrides").path("conversation_config_override")),
        variables(config),
        platform.path("call_limits").path("agent_concurrency_limit").asLong(-1));
  }

  private static Set<String> overrides(JsonNode allowed) {
    Set<String> overrides = new TreeSet<>();
    for (String path : Set.of(FIRST_MESSAGE, LANGUAGE, VOICE_ID)) {
      if (allowed.at("/" + path.replace('.', '/')).asBoolean(false)) {
        overrides.add(path);
      }
    }
    return overrides;
  }

  private static SortedSet<String> variables(JsonNode config) {
    SortedSet<String> used = new TreeSet<>();
    JsonNode agent = config.path("agent");
    collect(agent.path("first_message"), used);
    collect(agent.path("prompt").path("prompt"), used);
    config
        .path("language_presets")
        .valueStream()
        .map(preset -> preset.at("/overrides/agent/first_message"))
        .forEach(message -> collect(message, used));
    JsonNode placeholders = agent.path("dynamic_variables").path("dynamic_variable_placeholders");
    used.removeIf(
        name -> GIVEN.contains(name) || name.startsWith("system__") || placeholders.has(name));
    return used;
  }

  private static void collect(JsonNode text, Set<String> variables) {
    Matcher matcher = VARIABLE.matcher(text.asString(""));
    while (variables.size() < MAX_VARIABLES && matcher.find()) {
      variables.add(matcher.group(1));
    }
  }

  private static @Nullable String text(JsonNode node) {
    String text = node.asString("");
    return text.isEmpty() ? null : text;
  }
}
