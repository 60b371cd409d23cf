package dev.callbridge.sandbox.stages;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A Dialogflow CX that takes bookings, behind `detectIntent`.
///
/// The agent's name is its script, as with the models; `sandbox-hangs` never answers,
/// `sandbox-refuses` answers 403, `sandbox-errs` 500, `sandbox-garbles` what is no answer.
final class DialogflowScript {

  private static final int MAX_SESSIONS = 500;
  private static final String DETECT_INTENT = ":detectIntent";
  private static final JsonMapper JSON = new JsonMapper();

  private final SandboxStages stages;

  /// What was said in each session. The oldest goes.
  private final Map<String, List<String>> sessions =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<String>> eldest) {
          return size() > MAX_SESSIONS;
        }
      };

  DialogflowScript(SandboxStages stages) {
    this.stages = stages;
  }

  Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    String session = String.valueOf(request.param("session"));
    if (!session.endsWith(DETECT_INTENT)) {
      stages.protocolError("Dialogflow has no such method: " + session);
      return response.sendNotFound();
    }
    String agent = String.valueOf(request.param("agent"));
    stages.begun();
    return request
        .receive()
        .aggregate()
        .asString(UTF_8)
        .flatMap(body -> Mono.from(answer(agent, session, JSON.readTree(body), response)))
        .doFinally(_ -> stages.over());
  }

  private Publisher<Void> answer(
      String agent, String session, JsonNode request, HttpServerResponse response) {
    stages.asked(request);
    return switch (agent) {
      case "sandbox-hangs" -> Mono.never();
      case "sandbox-refuses" -> response.status(403).send();
      case "sandbox-errs" -> response.status(500).send();
      case "sandbox-garbles" -> json(response, "{\"queryResult\":7}");
      default -> json(response, reply(agent, session, request.path("queryInput")));
    };
  }

  private static Publisher<Void> json(HttpServerResponse response, String body) {
    return response.header("Content-Type", "application/json").sendString(Mono.just(body));
  }

  private String reply(String agent, String session, JsonNode input) {
    boolean toolIsDone = input.has("toolCallResult");
    if (input.path("languageCode").asString("").isEmpty()
        || (!toolIsDone && !input.has("text") && !input.has("event"))) {
      stages.protocolError("Dialogflow was asked nothing");
    }
    List<String> said = said(session, input.at("/text/text").stringValue(null));
    Reply reply = Reply.to(agent, said, toolIsDone, null);
    ObjectNode response = JSON.createObjectNode();
    ArrayNode messages =
        response.putObject("queryResult").put("languageCode", "en").putArray("responseMessages");
    if (!reply.text().isEmpty()) {
      messages.addObject().putObject("text").putArray("text").add(reply.text());
    }
    if (Reply.END_CALL.equals(reply.tool())) {
      messages.addObject().putObject("endInteraction");
    } else if (reply.tool() != null) {
      messages
          .addObject()
          .putObject("toolCall")
          .put("tool", "projects/p/locations/global/agents/" + agent + "/tools/" + reply.tool())
          .put("action", reply.tool())
          .set("inputParameters", JSON.readTree(reply.arguments()));
    }
    return response.toString();
  }

  private List<String> said(String session, @Nullable String text) {
    synchronized (sessions) {
      List<String> said = sessions.computeIfAbsent(session, _ -> new ArrayList<>());
      if (text != null && !text.equals("Hello")) {
        said.add(text.toLowerCase(Locale.ROOT));
      }
      return List.copyOf(said);
    }
  }
}
