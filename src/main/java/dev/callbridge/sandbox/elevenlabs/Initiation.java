package dev.callbridge.sandbox.elevenlabs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What `conversation_initiation_client_data` asks for, once it is found to be allowed.
///
/// @param variables the dynamic variables as text
/// @param firstMessage the greeting to use instead of the agent's own, empty for none at all, null
///   for its own
/// @param clientEvents the event types to send, null for the usual ones
record Initiation(
    Map<String, String> variables,
    @Nullable String firstMessage,
    @Nullable Set<String> clientEvents,
    int maxDurationSeconds) {

  private static final int USUAL_MAX_DURATION_SECONDS = 600;

  private static final Set<String> FIELDS =
      Set.of(
          "type",
          "conversation_config_override",
          "custom_llm_extra_body",
          "dynamic_variables",
          "user_id",
          "source_info",
          "tool_mock_config",
          "branch_id",
          "environment",
          "starting_workflow_node_id",
          "procedure_ids");

  /// There is no override for audio formats, which is easily assumed.
  private static final Map<String, Set<String>> OVERRIDES =
      Map.of(
          "agent",
          Set.of(
              "first_message",
              "language",
              "max_conversation_duration_message",
              "prompt",
              "native_mcp_server_ids"),
          "tts",
          Set.of(
              "voice_id",
              "model_id",
              "stability",
              "similarity_boost",
              "speed",
              "pronunciation_dictionary_locators"),
          "asr",
          Set.of("keywords"),
          "turn",
          Set.of("soft_timeout_config"),
          "conversation",
          Set.of("text_only", "max_duration_seconds", "client_events"));

  private static final Pattern VARIABLE = Pattern.compile("\\{\\{\\s*([A-Za-z0-9_]+)\\s*}}");

  /// Why a conversation may not begin.
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final String errorType;

    Refused(String errorType, String problem) {
      super(problem, null, false, false);
      this.errorType = errorType;
    }

    String errorType() {
      return errorType;
    }

    String problem() {
      return String.valueOf(getMessage());
    }
  }

  static Initiation of(JsonNode data) throws Refused {
    for (String field : data.propertyNames()) {
      if (!FIELDS.contains(field)) {
        throw new Refused("value_error", "unknown field " + field);
      }
    }
    JsonNode userId = data.path("user_id");
    if (!userId.isMissingNode() && !userId.isNull() && !userId.isString()) {
      throw new Refused("value_error", "user_id is " + userId + ", expected a string");
    }
    JsonNode override = object(data, "conversation_config_override");
    checkOverrides(override);
    Map<String, String> variables = variables(object(data, "dynamic_variables"));
    JsonNode conversation = override.path("conversation");
    return new Initiation(
        variables,
        firstMessage(override.path("agent").path("first_message"), variables),
        clientEvents(conversation.path("client_events")),
        conversation.path("max_duration_seconds").asInt(USUAL_MAX_DURATION_SECONDS));
  }

  private static void checkOverrides(JsonNode override) throws Refused {
    for (String group : override.propertyNames()) {
      Set<String> allowed = OVERRIDES.getOrDefault(group, Set.of());
      List<String> leaves = new ArrayList<>(object(override, group).propertyNames());
      leaves.removeAll(allowed);
      if (allowed.isEmpty() || !leaves.isEmpty()) {
        throw new Refused("override_error", "no override " + group + "." + leaves);
      }
    }
  }

  private static Map<String, String> variables(JsonNode given) throws Refused {
    Map<String, String> variables = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> variable : given.properties()) {
      String name = variable.getKey();
      JsonNode value = variable.getValue();
      if (!value.isString() && !value.isNumber() && !value.isBoolean()) {
        throw new Refused("value_error", "dynamic variable " + name + " is " + value.getNodeType());
      }
      if (name.startsWith("system__")) {
        throw new Refused("value_error", "dynamic variable " + name + " uses a reserved prefix");
      }
      variables.put(name, value.asString());
    }
    return variables;
  }

  private static @Nullable String firstMessage(JsonNode given, Map<String, String> variables)
      throws Refused {
    if (given.isMissingNode() || given.isNull()) {
      return null;
    }
    if (!given.isString()) {
      throw new Refused("value_error", "first_message is " + given.getNodeType());
    }
    Matcher matcher = VARIABLE.matcher(given.asString());
    StringBuilder text = new StringBuilder();
    while (matcher.find()) {
      String value = variables.get(matcher.group(1));
      if (value == null) {
        throw new Refused(
            "missing_dynamic_variable", "no dynamic variable named " + matcher.group(1));
      }
      matcher.appendReplacement(text, Matcher.quoteReplacement(value));
    }
    return matcher.appendTail(text).toString();
  }

  private static @Nullable Set<String> clientEvents(JsonNode given) throws Refused {
    if (given.isMissingNode() || given.isNull()) {
      return null;
    }
    if (!given.isArray() || given.isEmpty()) {
      throw new Refused("value_error", "client_events is " + given + ", expected a list");
    }
    Set<String> events = new LinkedHashSet<>();
    given.forEach(event -> events.add(event.asString()));
    return events;
  }

  private static JsonNode object(JsonNode parent, String field) throws Refused {
    JsonNode value = parent.path(field);
    if (!value.isMissingNode() && !value.isObject()) {
      throw new Refused("value_error", field + " is " + value + ", expected an object");
    }
    return value;
  }
}
