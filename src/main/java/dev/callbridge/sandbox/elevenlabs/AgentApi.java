package dev.callbridge.sandbox.elevenlabs;

import dev.callbridge.sandbox.elevenlabs.Rigging.Resource;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The REST side: signed URLs, agents, conversations and the subscription.
final class AgentApi {

  /// Of every agent.
  private static final String VOICE = "21m00Tcm4TlvDq8ikWAM";

  private static final JsonMapper JSON = new JsonMapper();

  private static final String HTML =
      "<!DOCTYPE html><html><head><title>500</title></head>"
          + "<body><h1>500 Internal Server Error</h1></body></html>";

  /// Reserved never to exist, so whoever follows a URL to it reaches nobody.
  static final String STRANGER = "stranger.invalid";

  private final AtomicInteger recoveries = new AtomicInteger();
  private final String apiKey;
  private final SignedUrls signedUrls;
  private final Ledger ledger;
  private final Rigging rigging;

  AgentApi(String apiKey, SignedUrls signedUrls, Ledger ledger, Rigging rigging) {
    this.apiKey = apiKey;
    this.signedUrls = signedUrls;
    this.ledger = ledger;
    this.rigging = rigging;
  }

  void routes(HttpServerRoutes routes) {
    routes
        .get(
            "/v1/convai/conversation/get-signed-url",
            rigging.over(Resource.SIGNED_URL, this::signedUrl))
        .get(
            "/v1/convai/conversation/get_signed_url",
            rigging.over(Resource.SIGNED_URL, this::signedUrl))
        .get("/v1/convai/agents/{id}", rigging.over(Resource.AGENT, this::agent))
        .get("/v1/convai/analytics/live-count", rigging.over(Resource.LIVE_COUNT, this::liveCount))
        .get(
            "/v1/convai/conversations/{id}",
            rigging.over(Resource.CONVERSATION, this::conversation))
        .get("/v1/user/subscription", rigging.over(Resource.SUBSCRIPTION, this::subscription));
  }

  private Publisher<Void> signedUrl(HttpServerRequest request, HttpServerResponse response) {
    List<String> asked = new QueryStringDecoder(request.uri()).parameters().get("agent_id");
    if (asked == null) {
      return json(response, 422, missing("agent_id"));
    }
    String agentId = asked.getFirst();
    Optional<AgentBehaviour> behaviour = AgentBehaviour.ofAgent(agentId);
    if (!authorized(request) || behaviour.filter(AgentBehaviour.REFUSES::equals).isPresent()) {
      return refuse(response, agentId, 401, "invalid_api_key", "Invalid API key");
    }
    if (behaviour.isEmpty()) {
      return refuse(response, agentId, 404, "agent_not_found", "No agent " + agentId);
    }
    return switch (behaviour.get()) {
      case QUOTA ->
          refuse(
              response,
              agentId,
              401,
              "quota_exceeded",
              "This request exceeds your quota. You have 0 credits remaining.");
      case BUSY -> {
        response.header(HttpHeaderNames.RETRY_AFTER, "1");
        yield refuse(response, agentId, 429, "system_busy", "The system is busy, try again later");
      }
      case BROKEN -> {
        ledger.add(agentId, 500);
        yield send(response, 500, "text/html", HTML);
      }
      case RECOVERS ->
          recoveries.getAndIncrement() % 2 == 0
              ? refuse(response, agentId, 503, "unavailable", "Try again")
              : grant(response, agentId, authority(request));
      case HANGS -> {
        ledger.add(agentId, 0);
        yield Mono.never();
      }
      case GARBAGE -> {
        ledger.add(agentId, 200);
        yield send(response, 200, "application/json", "}{ \u0000 signed? url!");
      }
      case FOREIGN_URL -> grant(response, agentId, STRANGER);
      default -> grant(response, agentId, authority(request));
    };
  }

  private Publisher<Void> grant(HttpServerResponse response, String agentId, String host) {
    ledger.add(agentId, 200);
    String origin = rigging.socketOrigin(agentId, "ws://" + host);
    String url = origin + "/v1/convai/conversation?" + signedUrls.issue(agentId);
    return json(response, 200, JSON.createObjectNode().put("signed_url", url));
  }

  private Publisher<Void> refuse(
      HttpServerResponse response, String agentId, int status, String code, String message) {
    ledger.add(agentId, status);
    return json(response, status, detail(code, message));
  }

  private Publisher<Void> agent(HttpServerRequest request, HttpServerResponse response) {
    if (!authorized(request)) {
      return unauthorized(response);
    }
    String agentId = String.valueOf(request.param("id"));
    Optional<AgentBehaviour> behaviour = AgentBehaviour.ofAgent(agentId);
    return behaviour.isEmpty()
        ? json(response, 404, detail("agent_not_found", "No agent " + agentId))
        : json(response, 200, rigging.changed(Resource.AGENT, describe(behaviour.get())));
  }

  private static ObjectNode describe(AgentBehaviour behaviour) {
    ObjectNode agent = JSON.createObjectNode();
    agent.put("agent_id", behaviour.agentId());
    agent.put("name", "Sandbox: " + behaviour.publicName());
    ObjectNode config = agent.putObject("conversation_config");
    config.putObject("asr").put("user_input_audio_format", behaviour.input().wireName());
    config
        .putObject("tts")
        .put("model_id", "eleven_flash_v2")
        .put("voice_id", VOICE)
        .put("agent_output_audio_format", behaviour.output().wireName());
    config.putObject("turn").put("turn_timeout", 7);
    ObjectNode conversation = config.putObject("conversation");
    conversation.put("max_duration_seconds", 600).put("text_only", false);
    ArrayNode events = conversation.putArray("client_events");
    AgentWire.USUAL_EVENTS.stream().sorted().forEach(events::add);
    ObjectNode speaker = config.putObject("agent").put("language", "en");
    speaker
        .putObject("prompt")
        .put("prompt", "You take bookings. The caller is {{caller_number}}.");
    speaker.put("first_message", "Hello, this is the Callbridge demo line. How can I help you?");
    ObjectNode platform = agent.putObject("platform_settings");
    platform
        .putObject("call_limits")
        .put("agent_concurrency_limit", -1)
        .put("daily_limit", 100_000)
        .put("bursting_enabled", true);
    platform.putObject("auth").put("enable_auth", behaviour != AgentBehaviour.PUBLIC);
    ObjectNode overrides =
        platform.putObject("overrides").putObject("conversation_config_override");
    boolean allowed = behaviour != AgentBehaviour.OVERRIDE_ERROR;
    overrides.putObject("agent").put("first_message", allowed).put("language", allowed);
    overrides.putObject("tts").put("voice_id", allowed);
    overrides.putObject("conversation").put("text_only", false);
    return agent;
  }

  private Publisher<Void> conversation(HttpServerRequest request, HttpServerResponse response) {
    if (!authorized(request)) {
      return unauthorized(response);
    }
    String id = String.valueOf(request.param("id"));
    Optional<AgentSession> session = ledger.session(id);
    return session.isEmpty()
        ? json(response, 404, detail("conversation_not_found", "No conversation " + id))
        : json(
            response,
            200,
            rigging.changed(Resource.CONVERSATION, ConversationJson.of(session.get())));
  }

  private Publisher<Void> subscription(HttpServerRequest request, HttpServerResponse response) {
    if (!authorized(request)) {
      return unauthorized(response);
    }
    ObjectNode subscription = JSON.createObjectNode();
    subscription.put("tier", "sandbox").put("status", "active");
    subscription.put("character_count", 0).put("character_limit", 1_000_000);
    subscription.put("max_credit_limit_extension", 0);
    return json(response, 200, rigging.changed(Resource.SUBSCRIPTION, subscription));
  }

  private Publisher<Void> liveCount(HttpServerRequest request, HttpServerResponse response) {
    if (!authorized(request)) {
      return unauthorized(response);
    }
    List<String> agents =
        new QueryStringDecoder(request.uri()).parameters().getOrDefault("agent_id", List.of());
    long count =
        ledger.sessions().stream()
            .filter(session -> !session.hasEnded())
            .filter(session -> agents.isEmpty() || agents.contains(session.agentId()))
            .count();
    ObjectNode body = JSON.createObjectNode().put("count", count);
    return json(response, 200, rigging.changed(Resource.LIVE_COUNT, body));
  }

  /// Where this request came in, which is where the sockets are.
  private static String authority(HttpServerRequest request) {
    InetSocketAddress here = Objects.requireNonNull(request.hostAddress());
    return here.getHostString() + ":" + here.getPort();
  }

  /// The key opens everything, and so do the keys that begin with it and a dash: an account has
  /// several.
  private boolean authorized(HttpServerRequest request) {
    String key = request.requestHeaders().get("xi-api-key", "");
    return key.equals(apiKey) || key.startsWith(apiKey + "-");
  }

  private static Publisher<Void> unauthorized(HttpServerResponse response) {
    return json(response, 401, detail("invalid_api_key", "Invalid API key"));
  }

  private static ObjectNode missing(String field) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode problem = body.putArray("detail").addObject();
    problem.putArray("loc").add("query").add(field);
    problem.put("msg", "Field required").put("type", "missing");
    return body;
  }

  static ObjectNode detail(String status, String message) {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("detail").put("status", status).put("message", message);
    return body;
  }

  static Publisher<Void> json(HttpServerResponse response, int status, ObjectNode body) {
    return send(response, status, "application/json", body.toString());
  }

  static Publisher<Void> send(HttpServerResponse response, int status, String type, String body) {
    return response
        .status(status)
        .header(HttpHeaderNames.CONTENT_TYPE, type)
        .sendString(Mono.just(body));
  }
}
