package dev.callbridge.sandbox.stages;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A language model that takes bookings, behind an OpenAI-compatible endpoint.
///
/// Its name is its script: `sandbox` books by itself, `sandbox-tool` with the tool that its prompt
/// ends with or `book_table`, whose call it sends in fragments, `sandbox-talkative` begins with a
/// long sentence; `sandbox-hangs` never answers, `sandbox-refuses` answers 401, `sandbox-breaks`
/// breaks off, `sandbox-errs` sends an error.
final class ModelScript {

  /// A tool's name and its arguments at the end of a prompt.
  private static final Pattern USE = Pattern.compile("([a-z_]+) (\\{.*})$");

  private static final Duration BETWEEN = Duration.ofMillis(2);
  private static final JsonMapper JSON = new JsonMapper();

  private final SandboxStages stages;

  ModelScript(SandboxStages stages) {
    this.stages = stages;
  }

  Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    return request
        .receive()
        .aggregate()
        .asString(UTF_8)
        .flatMap(body -> Mono.from(answer(JSON.readTree(body), response)));
  }

  private Publisher<Void> answer(JsonNode request, HttpServerResponse response) {
    stages.asked(request);
    String model = request.path("model").asString("");
    if (model.equals("sandbox-refuses")) {
      return response
          .status(401)
          .sendString(Mono.just("{\"error\":{\"code\":\"invalid_api_key\"}}"));
    }
    stages.begun();
    Flux<String> events =
        switch (model) {
          case "sandbox-hangs" -> Flux.never();
          case "sandbox-errs" -> Flux.just("{\"error\":{\"message\":\"overloaded\"}}");
          case "sandbox-breaks" -> Flux.just(words("I am "));
          default -> Flux.fromIterable(events(reply(model, request.path("messages"))));
        };
    Flux<ByteBuf> lines =
        events
            .concatMap(event -> Mono.delay(BETWEEN).thenReturn(event), 1)
            .map(event -> Unpooled.copiedBuffer("data: " + event + "\n\n", UTF_8))
            .doFinally(_ -> stages.over());
    return response.sse().sendObject(lines, _ -> true);
  }

  private static Reply reply(String model, JsonNode messages) {
    List<String> said = new ArrayList<>();
    Reply asked = null;
    String lastRole = "";
    for (JsonNode message : messages) {
      lastRole = message.path("role").asString("");
      Matcher use = USE.matcher(message.path("content").asString(""));
      if (lastRole.equals("system") && use.find()) {
        asked = new Reply("", use.group(1), use.group(2));
      }
      if (lastRole.equals("user")) {
        said.add(message.path("content").asString("").toLowerCase(Locale.ROOT));
      }
    }
    return Reply.to(model, said, lastRole.equals("tool"), asked);
  }

  private static List<String> events(Reply reply) {
    List<String> events = new ArrayList<>();
    for (int at = 0; at < reply.text().length(); at += 7) {
      events.add(words(reply.text().substring(at, Math.min(reply.text().length(), at + 7))));
    }
    if (reply.tool() != null) {
      events.add(use("call_" + Long.toHexString(System.nanoTime()), reply.tool(), ""));
      for (int at = 0; at < reply.arguments().length(); at += 5) {
        String fragment =
            reply.arguments().substring(at, Math.min(reply.arguments().length(), at + 5));
        events.add(use(null, null, fragment));
      }
    }
    ObjectNode end = JSON.createObjectNode();
    ObjectNode choice = end.putArray("choices").addObject();
    choice.putObject("delta");
    choice.put("finish_reason", reply.tool() == null ? "stop" : "tool_calls");
    events.add(end.toString());
    events.add("[DONE]");
    return events;
  }

  private static String words(String text) {
    ObjectNode event = JSON.createObjectNode();
    event.putArray("choices").addObject().putObject("delta").put("content", text);
    return event.toString();
  }

  private static String use(@Nullable String id, @Nullable String name, String arguments) {
    ObjectNode event = JSON.createObjectNode();
    ObjectNode use =
        event.putArray("choices").addObject().putObject("delta").putArray("tool_calls").addObject();
    use.put("index", 0);
    if (id != null) {
      use.put("id", id).put("type", "function");
    }
    ObjectNode function = use.putObject("function");
    if (name != null) {
      function.put("name", name);
    }
    function.put("arguments", arguments);
    return event.toString();
  }
}
