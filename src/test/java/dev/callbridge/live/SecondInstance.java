package dev.callbridge.live;

import dev.callbridge.call.CommandBell;
import dev.callbridge.call.VoiceLevels;
import io.r2dbc.spi.ConnectionFactory;
import java.net.URI;
import java.time.Duration;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/// The stream as another process would serve it: its own connections, its own tailer, its own
/// socket, the same database.
final class SecondInstance implements AutoCloseable {

  private final StreamParts parts;
  private final Subscribers subscribers;
  private final LevelExchange levels;
  private final Tailer tailer;
  private final DisposableServer server;

  SecondInstance(ConnectionFactory database, StreamSettings settings) {
    parts = new StreamParts(database, settings);
    LevelBoard board = new LevelBoard();
    subscribers = new Subscribers(settings, parts, board);
    levels = new LevelExchange(new VoiceLevels(), board, subscribers, parts);
    tailer = new Tailer(settings, parts, subscribers, levels, new CommandBell());
    levels.start();
    tailer.start();
    subscribers.start();
    var controller = new StreamController(subscribers, new Beginnings(parts));
    server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle(
                new ReactorHttpHandlerAdapter(
                    WebHttpHandlerBuilder.webHandler(controller::all).build()))
            .bindNow();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.port() + "/api/v1/calls/stream");
  }

  Subscribers subscribers() {
    return subscribers;
  }

  @Override
  public void close() {
    Sinks.Empty<Void> done = Sinks.empty();
    subscribers.stop(done::tryEmitEmpty);
    done.asMono().block(Duration.ofSeconds(10));
    server.disposeNow(Duration.ofSeconds(5));
    tailer.stop();
    levels.stop();
    parts.destroy();
  }
}
