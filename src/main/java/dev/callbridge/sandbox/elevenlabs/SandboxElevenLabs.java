package dev.callbridge.sandbox.elevenlabs;

import dev.callbridge.sandbox.speech.SpeechClips;
import dev.callbridge.sandbox.stages.SandboxStages;
import io.netty.channel.EventLoop;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/// An ElevenLabs of one's own: the Agents socket and the REST calls around it, on a real port of
/// this machine.
///
/// It stands in for the vendor in the demo and in tests, so it speaks the wire format by the
/// vendor's contract and shares no code with the product it is there to judge. What it saw is in
/// [#sessions].
///
/// Everything runs on one event loop: the sockets, the conversations and the tick that moves them
/// on.
public final class SandboxElevenLabs implements AutoCloseable {

  private static final Duration SHUTDOWN = Duration.ofSeconds(5);

  /// Where it listens, and the only key it accepts.
  ///
  /// @param port 0 for any free one
  /// @param webhook told of each conversation that is over, null for nobody
  /// @param webhookSecret signs that
  public record Settings(
      String host, int port, String apiKey, @Nullable URI webhook, String webhookSecret) {

    public Settings(String host, int port, String apiKey) {
      this(host, port, apiKey, null, "");
    }

    public Settings withWebhook(URI url, String secret) {
      return new Settings(host, port, apiKey, url, secret);
    }

    @Override
    public String toString() {
      return "Settings[" + host + ":" + port + ", webhook " + webhook + "]";
    }

    /// Any free port of the loopback interface.
    public static Settings loopback(String apiKey) {
      return new Settings("127.0.0.1", 0, apiKey);
    }
  }

  private final SandboxStages stages;
  private final Ledger ledger;
  private final Rigging rigging;
  private final Sinks.Many<AgentSession> opened;
  private final LoopResources loop;
  private final DisposableServer server;
  private final Runnable drop;
  private final Consumer<String> hangUp;

  private SandboxElevenLabs(
      SandboxStages stages,
      Ledger ledger,
      Rigging rigging,
      Sinks.Many<AgentSession> opened,
      LoopResources loop,
      DisposableServer server,
      Runnable drop,
      Consumer<String> hangUp) {
    this.stages = stages;
    this.ledger = ledger;
    this.rigging = rigging;
    this.opened = opened;
    this.loop = loop;
    this.server = server;
    this.drop = drop;
    this.hangUp = hangUp;
  }

  /// Starts and is ready on return. Blocks, so not on an event loop.
  public static SandboxElevenLabs start(Settings settings) {
    SandboxStages stages = new SandboxStages(settings.apiKey(), SpeechClips.load());
    Ledger ledger = new Ledger();
    Rigging rigging = new Rigging();
    SignedUrls signedUrls = new SignedUrls();
    Sinks.Many<AgentSession> opened = Sinks.many().multicast().directBestEffort();
    LoopResources loop = LoopResources.create("sandbox-elevenlabs", 1, 1, true);
    PostCallWebhooks webhooks =
        new PostCallWebhooks(settings.webhook(), settings.webhookSecret(), loop);
    AgentSockets sockets =
        new AgentSockets(SpeechClips.load(), signedUrls, ledger, opened, webhooks);
    DisposableServer server =
        HttpServer.create()
            .host(settings.host())
            .port(settings.port())
            .runOn(loop, false)
            .route(routes -> {
              new AgentApi(settings.apiKey(), signedUrls, ledger, rigging).routes(routes);
              routes.get("/v1/convai/conversation", sockets::accept);
              stages.routes(routes);
            })
            .bindNow();
    EventLoop ticker = loop.onServer(false).next();
    long tick = Conversation.TICK.toNanos();
    Future<?> ticking = ticker.scheduleAtFixedRate(sockets::tick, tick, tick, TimeUnit.NANOSECONDS);
    Runnable drop =
        () -> {
          ticking.cancel(false);
          ticker.submit(sockets::drop).awaitUninterruptibly(SHUTDOWN.toMillis());
        };
    Consumer<String> hangUp = id -> ticker.execute(() -> sockets.hangUp(id));
    return new SandboxElevenLabs(stages, ledger, rigging, opened, loop, server, drop, hangUp);
  }

  /// The base of the REST calls. The sockets are at the same host and port.
  public URI url() {
    return URI.create("http://" + server.host() + ":" + server.port());
  }

  /// Speech-to-text, text-to-speech and a language model, for agents put together elsewhere.
  public SandboxStages stages() {
    return stages;
  }

  /// What REST answers, to be made wrong.
  public Rigging rigging() {
    return rigging;
  }

  /// Every session since the start, oldest first, ended ones included.
  public List<AgentSession> sessions() {
    return ledger.sessions();
  }

  public Optional<AgentSession> session(String conversationId) {
    return ledger.session(conversationId);
  }

  /// Sessions as they open, from the subscription on. Completes when the sandbox closes.
  public Flux<AgentSession> opened() {
    return opened.asFlux();
  }

  /// The agent of that conversation closes it with 1000, at once and without a goodbye.
  public void hangUp(String conversationId) {
    hangUp.accept(conversationId);
  }

  public List<SignedUrlRequest> signedUrlRequests() {
    return ledger.requests();
  }

  /// Drops every connection and frees the port. Blocks for a few seconds at most.
  @Override
  public void close() {
    if (server.isDisposed()) {
      return;
    }
    server.disposeNow(SHUTDOWN);
    drop.run();
    loop.disposeLater(Duration.ZERO, SHUTDOWN).block(SHUTDOWN);
    opened.tryEmitComplete();
  }
}
