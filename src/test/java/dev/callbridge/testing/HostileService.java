package dev.callbridge.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/// Somebody's service, with everything wrong that can be: each path is one thing.
public final class HostileService implements AutoCloseable {

  public static final Duration LATE = Duration.ofSeconds(2);

  private static final byte[] PIECE = filled(64 * 1024);
  private static final byte[] BOMB = bomb();

  public final AtomicInteger connections = new AtomicInteger();

  /// Pieces of 64 KiB that went out of those that are big.
  public final AtomicInteger pieces = new AtomicInteger();

  public final List<String> requests = new CopyOnWriteArrayList<>();
  private final DisposableServer server;

  public HostileService() {
    server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .childOption(ChannelOption.SO_LINGER, 0)
            .doOnConnection(_ -> connections.incrementAndGet())
            .handle((request, response) ->
                request
                    .receive()
                    .aggregate()
                    .asString()
                    .defaultIfEmpty("")
                    .flatMap(body -> Mono.from(answer(request, response, body))))
            .bindNow(Duration.ofSeconds(10));
  }

  public int port() {
    return server.port();
  }

  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  private org.reactivestreams.Publisher<Void> answer(
      HttpServerRequest request, HttpServerResponse response, String body) {
    requests.add(
        "%s %s %s %s"
            .formatted(
                request.method(),
                request.uri(),
                request.requestHeaders().get("Idempotency-Key", "-"),
                body));
    HttpServerResponse json = response.header("Content-Type", "application/json");
    return switch (request.path()) {
      case "ok" -> json.sendString(Mono.just("{\"stock\":3}"));
      case "hang" -> Mono.never();
      case "broken" -> response.status(500).sendString(Mono.just("<h1>oops</h1>"));
      case "reset" -> {
        request.withConnection(connection -> connection.channel().close());
        yield Mono.never();
      }
      // 64 MB, if anybody took it.
      case "big" ->
          json.send(
              Flux.range(0, 1_024)
                  .doOnNext(_ -> pieces.incrementAndGet())
                  .map(_ -> Unpooled.wrappedBuffer(PIECE)),
              _ -> true);
      case "bomb" ->
          json.header("Content-Encoding", "gzip").send(Mono.just(Unpooled.wrappedBuffer(BOMB)));
      case "drip" ->
          json.send(
              Flux.interval(Duration.ofMillis(20))
                  .map(_ -> Unpooled.wrappedBuffer(new byte[] {' '})),
              _ -> true);
      case "redirect" -> response.status(302).header("Location", url("/ok")).send();
      case "loop" -> response.status(307).header("Location", url("/loop")).send();
      case "late" -> json.sendString(Mono.delay(LATE).map(_ -> "{\"stock\":3}"));
      case "html" -> response.header("Content-Type", "text/html").sendString(Mono.just("<b>3</b>"));
      case "garbage" -> json.sendString(Mono.just("{\"stock\":"));
      case "headers" -> json.header("X-Long", "x".repeat(64 * 1024)).sendString(Mono.just("{}"));
      case "no" -> response.status(404).sendString(Mono.just("no"));
      default -> json.sendString(Mono.just("{\"path\":\"" + request.path() + "\"}"));
    };
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) ' ');
    return bytes;
  }

  /// 16 MB in 16 KB.
  private static byte[] bomb() {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write("{\"stock\":\"".getBytes(UTF_8));
      for (int i = 0; i < 256; i++) {
        gzip.write(PIECE);
      }
      gzip.write("\"}".getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  @Override
  public void close() {
    server.disposeNow(Duration.ofSeconds(5));
  }
}
