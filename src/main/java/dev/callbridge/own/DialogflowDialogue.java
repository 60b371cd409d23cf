package dev.callbridge.own;

import dev.callbridge.agent.Introduction;
import dev.callbridge.assistants.DialogflowSettings;
import dev.callbridge.own.Message.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One conversation as Dialogflow knows it. It remembers what was said, so it is sent only what it
/// has not answered yet.
final class DialogflowDialogue {

  /// The session parameter that holds what the agent is to know and not to answer.
  static final String CONTEXT = "callbridge_context";

  private static final String ERROR = "Error: ";
  private static final JsonMapper JSON = JsonMapper.shared();

  /// @param carries what Dialogflow knows once it has answered
  record Query(ObjectNode body, List<Message> carries) {}

  private final DialogflowSettings settings;
  private final Introduction introduction;
  private final Map<String, DialogflowAnswer.Tool> awaited = new HashMap<>();

  /// Two messages with the same words are two.
  private final Set<Message> told = Collections.newSetFromMap(new IdentityHashMap<>());

  private boolean begun;

  DialogflowDialogue(DialogflowSettings settings, Introduction introduction) {
    this.settings = settings;
    this.introduction = introduction;
  }

  /// @param conversation begins with the prompt, which is not for it: it has its own
  List<Query> queries(List<Message> conversation) {
    forget(conversation);
    List<Message> fresh =
        conversation.stream()
            .skip(1)
            .filter(message -> message.role() != Role.ASSISTANT && !told.contains(message))
            .toList();
    List<Query> queries = new ArrayList<>();
    List<Message> aside = new ArrayList<>();
    for (Message message : fresh) {
      DialogflowAnswer.Tool tool =
          message.role() == Role.TOOL ? awaited.remove(String.valueOf(message.answers())) : null;
      if (tool != null) {
        queries.add(new Query(input("toolCallResult", result(tool, message.text())), of(message)));
      } else if (message.role() != Role.USER) {
        aside.add(message);
      }
    }
    List<Message> said = fresh.stream().filter(message -> message.role() == Role.USER).toList();
    if (!said.isEmpty()) {
      queries.add(new Query(input("text", text(joined(said, " "))), new ArrayList<>(said)));
    } else if (queries.isEmpty() && !begun) {
      queries.add(new Query(opening(), new ArrayList<>()));
    } else if (queries.isEmpty()) {
      whatCameOf(fresh).ifPresent(queries::add);
    }
    if (!queries.isEmpty()) {
      aside.removeAll(queries.getFirst().carries());
      parameters(queries.getFirst(), aside);
    }
    return queries;
  }

  void told(Query query) {
    begun = true;
    told.addAll(query.carries());
  }

  List<Thought> thoughts(JsonNode response) {
    return DialogflowAnswer.read(response, awaited);
  }

  private void forget(List<Message> conversation) {
    Set<Message> known = Collections.newSetFromMap(new IdentityHashMap<>());
    known.addAll(conversation);
    told.removeIf(message -> !known.contains(message));
  }

  private void parameters(Query first, List<Message> aside) {
    ObjectNode parameters = JSON.createObjectNode();
    if (!begun) {
      introduction.variables().forEach(parameters::putPOJO);
    }
    if (!aside.isEmpty()) {
      parameters.put(CONTEXT, joined(aside, "\n"));
      first.carries().addAll(aside);
    }
    if (!parameters.isEmpty()) {
      first.body().putObject("queryParams").set("parameters", parameters);
    }
  }

  /// Of what was not its own tool, such as a hand-off that was refused: it has to say something.
  private Optional<Query> whatCameOf(List<Message> fresh) {
    List<Message> results = fresh.stream().filter(it -> it.role() == Role.TOOL).toList();
    return results.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Query(input("text", text(joined(results, " "))), new ArrayList<>(results)));
  }

  /// Where the call goes on after a loss its session does too: the event would begin it anew.
  private ObjectNode opening() {
    String event = introduction.soFar() == null ? settings.openingEvent() : null;
    return event == null
        ? input("text", text(settings.opening()))
        : input("event", JSON.createObjectNode().put("event", event));
  }

  private ObjectNode input(String kind, ObjectNode value) {
    String language = introduction.language();
    ObjectNode body = JSON.createObjectNode();
    body.putObject("queryInput")
        .put("languageCode", language == null ? settings.language() : language)
        .set(kind, value);
    return body;
  }

  private static ObjectNode text(String text) {
    return JSON.createObjectNode().put("text", text);
  }

  private static ObjectNode result(DialogflowAnswer.Tool tool, String text) {
    ObjectNode result =
        JSON.createObjectNode().put("tool", tool.resource()).put("action", tool.action());
    if (text.startsWith(ERROR)) {
      result.putObject("error").put("message", text.substring(ERROR.length()));
    } else {
      result.set("outputParameters", output(text));
    }
    return result;
  }

  private static ObjectNode output(String text) {
    try {
      if (JSON.readTree(text) instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException _) {
      // Words, then.
    }
    return JSON.createObjectNode().put("result", text);
  }

  private static List<Message> of(Message message) {
    return new ArrayList<>(List.of(message));
  }

  private static String joined(List<Message> messages, String by) {
    return messages.stream().map(Message::text).collect(Collectors.joining(by));
  }
}
