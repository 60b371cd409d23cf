package dev.callbridge.own;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Requests and answers of OpenAI-compatible chat completions as JSON.
final class ModelMessages {

  private static final JsonMapper JSON = JsonMapper.shared();

  private ModelMessages() {}

  static byte[] request(String model, List<Message> conversation, List<ToolDescription> tools) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("model", model);
    request.put("stream", true);
    request.put("messages", conversation.stream().map(ModelMessages::message).toList());
    if (!tools.isEmpty()) {
      request.put("tools", tools.stream().map(ModelMessages::tool).toList());
    }
    return JSON.writeValueAsBytes(request);
  }

  private static Map<String, Object> message(Message message) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("role", message.role().name().toLowerCase(Locale.ROOT));
    fields.put("content", message.text());
    if (!message.uses().isEmpty()) {
      fields.put("tool_calls", message.uses().stream().map(ModelMessages::use).toList());
    }
    if (message.answers() != null) {
      fields.put("tool_call_id", message.answers());
    }
    return fields;
  }

  private static Map<String, Object> use(Thought.Use use) {
    return Map.of(
        "id",
        use.id(),
        "type",
        "function",
        "function",
        Map.of("name", use.tool(), "arguments", use.arguments()));
  }

  private static Map<String, Object> tool(ToolDescription tool) {
    return Map.of(
        "type",
        "function",
        "function",
        Map.of(
            "name", tool.name(),
            "description", tool.description(),
            "parameters", JSON.readTree(tool.parameters())));
  }

  /// Null where it is not JSON.
  static @Nullable JsonNode read(String data) {
    try {
      return JSON.readTree(data);
    } catch (JacksonException e) {
      return null;
    }
  }

  /// The arguments of a tool, null where they are not an object.
  static @Nullable Map<String, Object> arguments(String json) {
    try {
      JsonNode node = JSON.readTree(json.isBlank() ? "{}" : json);
      if (!node.isObject()) {
        return null;
      }
      Map<String, Object> arguments = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> field : new ArrayList<>(node.properties())) {
        Object value = JSON.treeToValue(field.getValue(), Object.class);
        if (value != null) {
          arguments.put(field.getKey(), value);
        }
      }
      return arguments;
    } catch (JacksonException e) {
      return null;
    }
  }
}
