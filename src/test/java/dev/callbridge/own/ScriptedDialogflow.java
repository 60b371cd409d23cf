package dev.callbridge.own;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Answers `detectIntent` one after the other as it was told to, and gives tokens to whoever signs
/// with the key of its service account.
final class ScriptedDialogflow implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();

  /// @param status of the answer; 0 is none at all
  record Answer(int status, String body) {}

  private final KeyPair keys;
  private final DisposableServer server;
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>(new ArrayDeque<>());
  final List<JsonNode> requests = new CopyOnWriteArrayList<>();
  final List<String> paths = new CopyOnWriteArrayList<>();
  final List<String> authorizations = new CopyOnWriteArrayList<>();
  final AtomicInteger tokens = new AtomicInteger();
  final AtomicInteger cancelled = new AtomicInteger();

  ScriptedDialogflow() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    keys = generator.generateKeyPair();
    server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .route(routes ->
                routes
                    .post("/token", this::token)
                    .post("/v3/projects/{p}/locations/{l}/agents/{a}/sessions/{s}", this::detect))
            .bindNow();
  }

  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  void answers(String... messages) {
    String joined = String.join(",", messages);
    answers.add(new Answer(200, "{\"queryResult\":{\"responseMessages\":[" + joined + "]}}"));
  }

  void answers(int status, String body) {
    answers.add(new Answer(status, body));
  }

  /// Its service account's key file, as Google gives them out.
  Path keyFile(Path directory) throws Exception {
    String pem =
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(keys.getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n";
    return Files.writeString(
        directory.resolve("key.json"),
        JSON.writeValueAsString(
            Map.of(
                "type", "service_account",
                "project_id", "p",
                "private_key_id", "1",
                "private_key", pem,
                "client_email", "callbridge@p.iam.gserviceaccount.com",
                "client_id", "1",
                "token_uri", url() + "/token")));
  }

  private Publisher<Void> token(HttpServerRequest request, HttpServerResponse response) {
    return request
        .receive()
        .aggregate()
        .asString(UTF_8)
        .flatMap(body -> {
          String[] jwt = body.replaceAll(".*assertion=([^&]*).*", "$1").split("\\.");
          if (!isSigned(jwt)) {
            return Mono.from(response.status(400).sendString(Mono.just("{}")));
          }
          String token = "token-" + tokens.incrementAndGet();
          return Mono.from(
              response
                  .header("Content-Type", "application/json")
                  .sendString(
                      Mono.just(
                          "{\"access_token\":\"%s\",\"expires_in\":3600,\"token_type\":\"Bearer\"}"
                              .formatted(token))));
        });
  }

  private boolean isSigned(String[] jwt) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(keys.getPublic());
      signature.update((jwt[0] + "." + jwt[1]).getBytes(UTF_8));
      return jwt.length == 3 && signature.verify(Base64.getUrlDecoder().decode(jwt[2]));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Publisher<Void> detect(HttpServerRequest request, HttpServerResponse response) {
    paths.add(request.uri());
    authorizations.add(String.valueOf(request.requestHeaders().get("Authorization")));
    request.withConnection(connection -> connection.onDispose(cancelled::incrementAndGet));
    return request
        .receive()
        .aggregate()
        .asString(UTF_8)
        .flatMap(body -> {
          requests.add(JSON.readTree(body));
          Answer answer = answers.remove();
          return answer.status() == 0
              ? Mono.never()
              : Mono.from(
                  response
                      .status(answer.status())
                      .header("Content-Type", "application/json")
                      .sendString(Mono.just(answer.body())));
        });
  }

  @Override
  public void close() {
    server.disposeNow();
  }
}
