package dev.callbridge.sandbox.stages;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.callbridge.sandbox.speech.SpeechClips;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerRoutes;
import tools.jackson.databind.JsonNode;

/// The stages, two of them for thinking, and what they saw. A test may read it from any thread.
public final class SandboxStages {

  /// Kept of each kind, newest last.
  private static final int MAX_REQUESTS = 500;

  private final String apiKey;
  private final SpeechClips clips;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger listened = new AtomicInteger();
  private final AtomicInteger mostContexts = new AtomicInteger();
  private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
  private final List<String> spokenOverHttp = new CopyOnWriteArrayList<>();
  private final List<JsonNode> contextsBegun = new CopyOnWriteArrayList<>();
  private final List<String> protocolErrors = new CopyOnWriteArrayList<>();

  public SandboxStages(String apiKey, SpeechClips clips) {
    this.apiKey = apiKey;
    this.clips = clips;
  }

  public void routes(HttpServerRoutes routes) {
    ModelScript model = new ModelScript(this);
    routes
        .get(
            "/v1/speech-to-text/realtime",
            (request, response) ->
                response.sendWebsocket((in, out) ->
                    new SttSession(this, clips, query(request), authorized(request)).run(in, out)))
        .get(
            "/v1/text-to-speech/{voice}/multi-stream-input",
            (request, response) -> {
              String voice = String.valueOf(request.param("voice"));
              return authorized(request)
                  ? response.sendWebsocket(
                      (in, out) -> new TtsSession(this, new Synthesis(clips), voice).run(in, out))
                  : response.status(401).send();
            })
        .get(
            "/v1/text-to-speech/{voice}/stream-input",
            (request, response) -> {
              String voice = String.valueOf(request.param("voice"));
              return authorized(request)
                  ? response.sendWebsocket((in, out) ->
                      new TtsSession(this, new Synthesis(clips), voice).runAlone(in, out))
                  : response.status(401).send();
            })
        .post(
            "/v1/text-to-speech/{voice}/stream",
            (request, response) ->
                authorized(request)
                    ? request
                        .receive()
                        .aggregate()
                        .asString(UTF_8)
                        .flatMap(body ->
                            Mono.from(
                                new SpeechOverHttp(this, new Synthesis(clips))
                                    .answer(
                                        String.valueOf(request.param("voice")), body, response)))
                    : response.status(401).send())
        .post("/v1/speech-to-speech/{voice}", new Conversion(this)::answer)
        .post("/v1/speech-to-speech/{voice}/stream", new Conversion(this)::answer)
        .post("/v1/chat/completions", model::answer)
        .post(
            "/v3/projects/{project}/locations/{location}/agents/{agent}/sessions/{session}",
            new DialogflowScript(this)::answer);
  }

  /// Sockets and answers that are not over.
  public int open() {
    return open.get();
  }

  /// Sessions of speech-to-text there have been.
  public int listened() {
    return listened.get();
  }

  /// The most contexts that were unfinished at a time on one socket.
  public int mostContexts() {
    return mostContexts.get();
  }

  /// What the model, or Dialogflow, was asked, newest last.
  public List<JsonNode> requests() {
    return List.copyOf(requests);
  }

  /// What was spoken over HTTP, newest last.
  public List<String> spokenOverHttp() {
    return List.copyOf(spokenOverHttp);
  }

  /// The first messages of contexts, newest last.
  public List<JsonNode> contextsBegun() {
    return List.copyOf(contextsBegun);
  }

  /// Everything a client did that the contract does not allow, in words.
  public List<String> protocolErrors() {
    return List.copyOf(protocolErrors);
  }

  void begun() {
    open.incrementAndGet();
  }

  void over() {
    open.decrementAndGet();
  }

  void listens() {
    listened.incrementAndGet();
  }

  void contexts(int unfinished) {
    mostContexts.accumulateAndGet(unfinished, Math::max);
  }

  void asked(JsonNode request) {
    keep(requests, request);
  }

  void spokenOverHttp(String text) {
    keep(spokenOverHttp, text);
  }

  void contextBegun(JsonNode message) {
    keep(contextsBegun, message);
  }

  private static <T> void keep(List<T> all, T one) {
    all.add(one);
    if (all.size() > MAX_REQUESTS) {
      all.removeFirst();
    }
  }

  void protocolError(String problem) {
    protocolErrors.add(problem);
  }

  boolean authorized(HttpServerRequest request) {
    return apiKey.equals(request.requestHeaders().get("xi-api-key"));
  }

  private static QueryStringDecoder query(HttpServerRequest request) {
    return new QueryStringDecoder(request.uri());
  }
}
