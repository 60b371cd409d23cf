package dev.callbridge.sandbox.twilio;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/// A Twilio on this machine: its REST API, its webhooks, its Media Streams and the people it rings.
///
/// It shares nothing with the code it is there to judge. Calls are placed through REST and what
/// happens follows from the number, see [Directory]; or somebody rings in, see [#callIn]. Sounds,
/// messages and times are real; only what people say is scripted. Threads: one for sockets, one for
/// the frames of every call, one for the flow of every call.
public final class SandboxTwilio implements AutoCloseable {

  /// How the sandbox's Twilio is set up.
  ///
  /// @param host the address to listen on
  /// @param port zero for any
  /// @param authToken checks REST and signs webhooks
  /// @param strict whether to refuse what Twilio refuses, or be content with what can be used
  /// @param speedUp how much faster than life people ring, pause and are spoken to; sound is always
  ///   in real time
  /// @param clips what people say
  /// @param phoneNumbers the account's own numbers; where there are none, any `From` will do
  public record Settings(
      String host,
      int port,
      String accountSid,
      String authToken,
      boolean strict,
      double speedUp,
      Clips clips,
      List<String> phoneNumbers) {

    public Settings {
      if (!(speedUp > 0)) {
        throw new IllegalArgumentException("speedUp is " + speedUp + ", not above zero");
      }
      phoneNumbers = List.copyOf(phoneNumbers);
    }

    public Settings(String host, int port, String accountSid, String authToken, boolean strict) {
      this(host, port, accountSid, authToken, strict, 1, Clips.tones(), List.of());
    }

    public Settings withSpeedUp(double factor) {
      return new Settings(host, port, accountSid, authToken, strict, factor, clips, phoneNumbers);
    }

    public Settings withClips(Clips spoken) {
      return new Settings(host, port, accountSid, authToken, strict, speedUp, spoken, phoneNumbers);
    }

    public Settings withPhoneNumbers(List<String> numbers) {
      return new Settings(host, port, accountSid, authToken, strict, speedUp, clips, numbers);
    }

    @Override
    public String toString() {
      return "Settings[" + host + ":" + port + ", " + accountSid + ", authToken REDACTED]";
    }
  }

  /// A create request that placed a call, whatever it was answered.
  public record Create(String callSid, Instant at, Form form) {}

  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final Settings settings;
  private final CallLedger ledger = new CallLedger();
  private final AccountBook book;
  private final Disposable.Composite running = Disposables.composite();
  private final ScheduledExecutorService clock = executor("sandbox-twilio-clock");
  private final ScheduledExecutorService flow = executor("sandbox-twilio-flow");
  private final Scheduler scheduler = Schedulers.fromExecutorService(flow);
  private final LoopResources loops = LoopResources.create("sandbox-twilio", 1, true);
  private final Carrier carrier;
  private final DisposableServer server;

  private SandboxTwilio(Settings settings) {
    this.settings = settings;
    this.book = new AccountBook(settings);
    var signature = new Signature(settings.authToken());
    var ticker = new Ticker();
    ticker.startOn(clock);
    this.carrier =
        new Carrier(
            settings,
            scheduler,
            ticker,
            new WebhookClient(signature, loops, scheduler),
            new StreamDialer(signature, loops, scheduler));
    var rest = new RestApi(this, settings, ledger, book, carrier);
    this.server =
        HttpServer.create()
            .host(settings.host())
            .port(settings.port())
            .runOn(loops)
            .handle(rest::handle)
            .bindNow(CLOSING);
  }

  public static SandboxTwilio start(Settings settings) {
    return new SandboxTwilio(settings);
  }

  /// Where the REST API is: what `https://api.twilio.com` is to the real one.
  public URI url() {
    return URI.create("http://" + settings.host() + ":" + server.port());
  }

  /// The account and its numbers, to be set up, or set up wrong.
  public AccountBook book() {
    return book;
  }

  /// Somebody rings a number of the account.
  public SandboxCall callIn(InboundCall request) {
    var call = new SandboxCall(settings.accountSid(), request.from(), request.to(), "inbound");
    URI callback = request.statusCallback();
    var status =
        new StatusCallbacks(
            call,
            callback == null ? null : callback.toString(),
            "POST",
            StatusCallbacks.ONLY_THE_END,
            false);
    var calling = new CallFlow(call, carrier, request.script(), status);
    ledger.add(calling);
    run(call, calling.inbound(request));
    return call;
  }

  /// Every create request that placed a call, the oldest first.
  public List<Create> creates() {
    return ledger.creates();
  }

  public @Nullable SandboxCall call(String callSid) {
    CallFlow found = ledger.find(callSid);
    return found == null ? null : found.call();
  }

  /// Every call, the oldest first.
  public List<SandboxCall> calls() {
    return ledger.calls();
  }

  void place(SandboxCall call, CallRequest request, Directory.Entry person) {
    Set<String> events = request.statusEvents();
    var status =
        new StatusCallbacks(
            call,
            isSilent(person.quirk()) ? null : request.statusCallback(),
            request.statusCallbackMethod(),
            events,
            person.quirk() == Directory.Quirk.CALLBACKS_REVERSED_AND_TRIPLED);
    var calling = new CallFlow(call, carrier, person.script(), status);
    ledger.add(calling);
    run(call, calling.outbound(request));
  }

  private static boolean isSilent(Directory.Quirk quirk) {
    return quirk == Directory.Quirk.NO_CALLBACKS
        || quirk == Directory.Quirk.ACCEPTED_BUT_503_NO_CALLBACKS;
  }

  private void run(SandboxCall call, Mono<Void> life) {
    var subscription = Disposables.swap();
    running.add(subscription);
    subscription.update(
        life.subscribeOn(scheduler)
            .doFinally(_ -> {
              ledger.ended(call);
              running.remove(subscription);
            })
            .subscribe(_ -> {}, e -> call.note("failed", e.toString())));
  }

  /// Hangs up every call and gives back every thread and socket.
  @Override
  public void close() {
    running.dispose();
    server.disposeNow(CLOSING);
    clock.shutdownNow();
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block(CLOSING);
    scheduler.dispose();
    flow.shutdownNow();
  }

  private static ScheduledExecutorService executor(String name) {
    return Executors.newSingleThreadScheduledExecutor(task -> {
      var thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    });
  }
}
