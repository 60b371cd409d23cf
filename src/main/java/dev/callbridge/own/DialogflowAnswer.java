package dev.callbridge.own;

import dev.callbridge.agent.AgentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a `DetectIntentResponse` wants said and done: `text` or, where there is any,
/// `outputAudioText`; `toolCall`; `endInteraction`; `liveAgentHandoff`, whose metadata are what
/// `transfer_to_person` takes, and `telephonyTransferCall`, which that refuses. Payloads for other
/// channels are left alone.
///
/// [The messages](https://cloud.google.com/dialogflow/cx/docs/reference/rest/v3/ResponseMessage)
final class DialogflowAnswer {

  private static final String TRANSFER = "transfer_to_person";

  /// @param resource the tool as Dialogflow names it
  /// @param action the tool as it is named here
  record Tool(String resource, String action) {}

  private DialogflowAnswer() {}

  /// @param awaited gets the tools that are asked for, by the use
  static List<Thought> read(JsonNode response, Map<String, Tool> awaited) {
    JsonNode messages = response.path("queryResult").path("responseMessages");
    if (!response.path("queryResult").isObject()) {
      throw new AgentException("model_malformed");
    }
    boolean forTelephones = messages.valueStream().anyMatch(m -> m.has("outputAudioText"));
    List<Thought> words = new ArrayList<>();
    List<Thought> uses = new ArrayList<>();
    for (JsonNode message : messages) {
      String text = forTelephones ? spoken(message) : message.at("/text/text/0").asString("");
      if (!text.isBlank()) {
        words.add(new Thought.Words(text.strip() + " "));
      }
      Thought.Use use = use(message, awaited);
      if (use != null) {
        uses.add(use);
      }
    }
    words.addAll(uses);
    return words;
  }

  /// Speech is made of the words of SSML; its marks are another synthesiser's.
  private static String spoken(JsonNode message) {
    JsonNode audio = message.path("outputAudioText");
    String ssml = audio.path("ssml").asString("").replaceAll("<[^>]*>", " ");
    return audio
        .path("text")
        .asString(ssml.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"));
  }

  private static Thought.@Nullable Use use(JsonNode message, Map<String, Tool> awaited) {
    String id = "dialogflow_" + UUID.randomUUID().toString().replace("-", "");
    if (message.has("toolCall")) {
      JsonNode call = message.path("toolCall");
      Tool tool = new Tool(call.path("tool").asString(""), call.path("action").asString(""));
      awaited.put(id, tool);
      return use(id, tool.action(), call.path("inputParameters"));
    } else if (message.has("liveAgentHandoff")) {
      return use(id, TRANSFER, message.at("/liveAgentHandoff/metadata"));
    } else if (message.has("telephonyTransferCall")) {
      // To a number, where only targets of the settings are: refused, and so told.
      return use(id, TRANSFER, message.path("telephonyTransferCall"));
    } else if (message.has("endInteraction")) {
      return use(id, Conversation.END_CALL.name(), JsonMapper.shared().createObjectNode());
    }
    return null;
  }

  private static Thought.Use use(String id, String tool, JsonNode parameters) {
    String json = parameters.isObject() ? parameters.toString() : "{}";
    Map<String, Object> known = ModelMessages.arguments(json);
    return new Thought.Use(id, tool, known == null ? Map.of() : known, json);
  }
}
