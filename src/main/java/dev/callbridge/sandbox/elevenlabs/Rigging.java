package dev.callbridge.sandbox.elevenlabs;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What REST answers otherwise than it would, for all agents, until it is mended.
public final class Rigging {

  /// What can be asked for.
  public enum Resource {
    SIGNED_URL,
    AGENT,
    SUBSCRIPTION,
    LIVE_COUNT,
    CONVERSATION
  }

  private static final JsonMapper JSON = new JsonMapper();

  private final Map<Resource, Answer> answers = new EnumMap<>(Resource.class);
  private final Map<Resource, Map<String, Object>> changes = new EnumMap<>(Resource.class);
  private final Map<String, String> origins = new HashMap<>();

  /// @param status 0 for no answer at all
  private record Answer(int status, String body) {}

  /// Refuses it, in the vendor's shape.
  public synchronized void refuse(Resource resource, int status, String code) {
    answers.put(
        resource, new Answer(status, AgentApi.detail(code, "Refused by the test").toString()));
  }

  public synchronized void answer(Resource resource, int status, String body) {
    answers.put(resource, new Answer(status, body));
  }

  public synchronized void neverAnswer(Resource resource) {
    answers.put(resource, new Answer(0, ""));
  }

  /// Sets one field of the usual answer.
  ///
  /// @param pointer such as `/conversation_config/tts/agent_output_audio_format`
  public synchronized void set(Resource resource, String pointer, Object value) {
    changes.computeIfAbsent(resource, _ -> new LinkedHashMap<>()).put(pointer, value);
  }

  /// Has the sockets of that agent at another place, for as long as this runs.
  ///
  /// @param origin such as `ws://127.0.0.1:8090`
  public synchronized void moveSockets(String agentId, String origin) {
    origins.put(agentId, origin);
  }

  synchronized String socketOrigin(String agentId, String usual) {
    return origins.getOrDefault(agentId, usual);
  }

  public synchronized void mend() {
    answers.clear();
    changes.clear();
  }

  BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> over(
      Resource resource, BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> usual) {
    return (request, response) -> {
      Answer answer = rigged(resource);
      if (answer == null) {
        return usual.apply(request, response);
      }
      return answer.status() == 0
          ? Mono.never()
          : AgentApi.send(response, answer.status(), "application/json", answer.body());
    };
  }

  private synchronized @Nullable Answer rigged(Resource resource) {
    return answers.get(resource);
  }

  synchronized ObjectNode changed(Resource resource, ObjectNode body) {
    changes
        .getOrDefault(resource, Map.of())
        .forEach((pointer, value) -> {
          int last = pointer.lastIndexOf('/');
          ObjectNode parent = last == 0 ? body : body.withObject(pointer.substring(0, last));
          parent.set(pointer.substring(last + 1), JSON.valueToTree(value));
        });
    return body;
  }
}
