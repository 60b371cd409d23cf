package dev.callbridge.sandbox.twilio;

import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/// What Twilio talks to, as far as these tests need one: webhooks with set answers, and sockets the
/// test speaks through.
final class ScriptedServer implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(8);

  record Hook(String method, String uri, Map<String, String> form, HttpHeaders headers) {
    String path() {
      return uri.split("\\?", 2)[0];
    }

    String signature() {
      return headers.get("X-Twilio-Signature", "");
    }

    String get(String name) {
      return form.getOrDefault(name, "");
    }
  }

  private record Answer(int status, String type, String body, Duration delay) {}

  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<Hook> hooks = new CopyOnWriteArrayList<>();
  private final Sinks.Many<Hook> received = Sinks.many().replay().all();
  private final Sinks.Many<ScriptedSocket> sockets = Sinks.many().replay().all();
  private final DisposableServer server =
      HttpServer.create()
          .host("127.0.0.1")
          .port(0)
          .route(routes ->
              routes
                  .ws("/media", this::accept)
                  .route(request -> !request.uri().startsWith("/media"), this::hook))
          .bindNow(SOON);

  String http(String path) {
    return "http://127.0.0.1:" + server.port() + path;
  }

  String ws(String path) {
    return "ws://127.0.0.1:" + server.port() + path;
  }

  ScriptedServer twiml(String path, String verbs) {
    return answer(path, 200, "text/xml", "<Response>" + verbs + "</Response>");
  }

  ScriptedServer answer(String path, int status, String type, String body) {
    return answer(path, status, type, body, Duration.ZERO);
  }

  ScriptedServer answer(String path, int status, String type, String body, Duration delay) {
    answers.put(path, new Answer(status, type, body, delay));
    return this;
  }

  /// TwiML that streams to this server's socket.
  String stream() {
    return "<Stream url=\"" + ws("/media") + "\" statusCallback=\"/stream\"/>";
  }

  Hook await(Predicate<Hook> wanted) {
    return soon(received.asFlux().filter(wanted).next());
  }

  Hook await(String path) {
    return await(hook -> hook.path().equals(path));
  }

  List<Hook> hooks(String path) {
    return hooks.stream().filter(hook -> hook.path().equals(path)).toList();
  }

  /// The socket opened first, second and so on.
  ScriptedSocket socket(int index) {
    return soon(sockets.asFlux().elementAt(index));
  }

  ScriptedSocket socket() {
    return socket(0);
  }

  static <T> T soon(Mono<T> mono) {
    return Objects.requireNonNull(mono.block(SOON), "nothing came");
  }

  private Publisher<Void> hook(HttpServerRequest request, HttpServerResponse response) {
    return request
        .receive()
        .aggregate()
        .asString(StandardCharsets.UTF_8)
        .defaultIfEmpty("")
        .flatMap(body -> {
          var form = new LinkedHashMap<String, String>();
          Form.parse(body).values().forEach((name, all) -> form.put(name, all.getFirst()));
          var hook =
              new Hook(
                  request.method().name(), request.uri(), form, request.requestHeaders().copy());
          hooks.add(hook);
          received.emitNext(hook, Sinks.EmitFailureHandler.busyLooping(SOON));
          Answer answer = answers.getOrDefault(hook.path(), new Answer(204, "", "", Duration.ZERO));
          response.status(answer.status());
          if (answer.status() == 204) {
            return response.send().then();
          }
          return Mono.delay(answer.delay())
              .then(
                  response
                      .header("Content-Type", answer.type())
                      .sendString(Mono.just(answer.body()))
                      .then());
        });
  }

  private Publisher<Void> accept(WebsocketInbound in, WebsocketOutbound out) {
    var socket = new ScriptedSocket(in.headers().copy());
    sockets.emitNext(socket, Sinks.EmitFailureHandler.busyLooping(SOON));
    return socket.converse(in, out);
  }

  @Override
  public void close() {
    server.disposeNow(SOON);
  }
}
