package dev.callbridge.own;

import dev.callbridge.agent.AgentException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One streamed answer of a model: words as they come, tools once they are whole. Models send a
/// tool's name and arguments in fragments, told apart by an index, or by an id, or by nothing.
final class Answer {

  /// More than anybody says in a turn, or gives to a tool.
  private static final int MAX_CHARACTERS = 32_768;

  private static final int MAX_USES = 8;

  private static final class Fragments {
    private @Nullable String id;
    private final StringBuilder name = new StringBuilder();
    private final StringBuilder arguments = new StringBuilder();
  }

  private final Map<Integer, Fragments> uses = new LinkedHashMap<>();
  private int characters;
  private boolean finished;

  /// @throws AgentException when it is an error, or out of all bounds
  List<Thought> read(String data) {
    if (data.strip().equals("[DONE]")) {
      finished = true;
      return List.of();
    }
    JsonNode chunk = ModelMessages.read(data);
    if (chunk == null) {
      throw new AgentException("model_malformed");
    } else if (chunk.hasNonNull("error")) {
      throw new AgentException("model_error");
    }
    JsonNode choice = chunk.path("choices").path(0);
    finished |= choice.hasNonNull("finish_reason");
    JsonNode delta = choice.path("delta");
    int position = 0;
    for (JsonNode fragment : delta.path("tool_calls")) {
      add(fragment, position++);
    }
    String text = delta.path("content").asString("");
    count(text);
    return text.isEmpty() ? List.of() : List.of(new Thought.Words(text));
  }

  /// What was collected, once nothing more comes.
  ///
  /// @throws AgentException when the answer broke off
  List<Thought> end() {
    if (!finished) {
      throw new AgentException("model_lost");
    }
    List<Thought> whole = new ArrayList<>();
    for (Fragments use : uses.values()) {
      Map<String, Object> parameters = ModelMessages.arguments(use.arguments.toString());
      if (parameters == null || !use.name.toString().matches("[A-Za-z0-9_-]{1,64}")) {
        throw new AgentException("model_malformed_tool_call");
      }
      String id = use.id == null ? "call_" + UUID.randomUUID() : use.id;
      String arguments = use.arguments.isEmpty() ? "{}" : use.arguments.toString();
      whole.add(new Thought.Use(id, use.name.toString(), parameters, arguments));
    }
    return whole;
  }

  private void add(JsonNode fragment, int position) {
    String id = fragment.path("id").asString("");
    int index = fragment.path("index").asInt(indexOf(id, position));
    if (index < 0 || index >= MAX_USES) {
      throw new AgentException("model_too_many_tool_calls");
    }
    Fragments use = uses.computeIfAbsent(index, _ -> new Fragments());
    if (use.id == null && id.matches("[A-Za-z0-9_.:-]{1,128}")) {
      use.id = id;
    }
    String name = fragment.path("function").path("name").asString("");
    String arguments = fragment.path("function").path("arguments").asString("");
    count(name);
    count(arguments);
    // Some send the whole name with every fragment.
    if (!use.name.toString().equals(name)) {
      use.name.append(name);
    }
    use.arguments.append(arguments);
  }

  /// Without an index, a new id is a new tool, and no id belongs to the last.
  private int indexOf(String id, int position) {
    for (Map.Entry<Integer, Fragments> use : uses.entrySet()) {
      if (!id.isEmpty() && id.equals(use.getValue().id)) {
        return use.getKey();
      }
    }
    if (!id.isEmpty() || uses.isEmpty()) {
      return uses.size();
    }
    return Math.max(position, uses.size() - 1);
  }

  private void count(String text) {
    characters += text.length();
    if (characters > MAX_CHARACTERS) {
      throw new AgentException("model_too_long");
    }
  }
}
