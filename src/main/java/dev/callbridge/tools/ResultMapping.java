package dev.callbridge.tools;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What of a service's answer an agent is told. It is put under `data`: something to know, not
/// something to obey.
final class ResultMapping {

  static final int MAX_CHARACTERS = 4_000;

  private static final Pattern POINTER = Pattern.compile("\\{(/[^{}]*)}");

  private final @Nullable JsonPointer pointer;
  private final @Nullable String template;

  /// @param result a JSON Pointer, a text with `{/pointer}` in it, or null for the whole answer
  /// @throws IllegalArgumentException when it is no pointer
  ResultMapping(@Nullable String result) {
    boolean isPointer = result != null && result.startsWith("/");
    pointer = isPointer ? JsonPointer.compile(result) : null;
    template = isPointer ? null : result;
  }

  /// @param isJson whether the service says that it is; plain text may be JSON all the same
  /// @throws ToolException when the answer is not what was expected
  String map(String body, boolean isJson) {
    JsonNodeFactory make = JsonNodeFactory.instance;
    ObjectNode told = make.objectNode();
    JsonNode data = data(body, isJson);
    String text = data.isString() ? data.asString() : data.toString();
    if (text.length() > MAX_CHARACTERS) {
      told.put("data", text.substring(0, MAX_CHARACTERS)).put("truncated", true);
    } else {
      told.set("data", data);
    }
    return told.toString();
  }

  private JsonNode data(String body, boolean isJson) {
    JsonNode json;
    try {
      json = JsonMapper.shared().readTree(body);
    } catch (JacksonException _) {
      if (!isJson && pointer == null && template == null) {
        return JsonNodeFactory.instance.stringNode(body);
      }
      throw new ToolException("The service's answer cannot be read.");
    }
    if (pointer == null && template == null) {
      return json;
    } else if (pointer != null) {
      JsonNode found = json.at(pointer);
      if (found.isMissingNode()) {
        throw new ToolException("The service's answer lacks what was asked for.");
      }
      return found;
    }
    String text =
        POINTER
            .matcher(String.valueOf(template))
            .replaceAll(at -> Matcher.quoteReplacement(text(json.at(at.group(1)))));
    return JsonNodeFactory.instance.stringNode(text);
  }

  private static String text(JsonNode value) {
    return value.isMissingNode() ? "" : value.isValueNode() ? value.asString() : value.toString();
  }
}
