package dev.callbridge.outbound;

import dev.callbridge.assistants.Assistants;
import dev.callbridge.assistants.MachinePolicy;
import dev.callbridge.call.Call;
import dev.callbridge.call.CallEvent;
import dev.callbridge.call.CallEvent.Kind;
import dev.callbridge.call.CallEvent.Source;
import dev.callbridge.call.CallStore;
import dev.callbridge.call.EvidenceWriter;
import dev.callbridge.call.OpenCalls;
import dev.callbridge.call.Outcome;
import dev.callbridge.twilio.TwilioCalls;
import dev.callbridge.twilio.TwilioRestException;
import dev.callbridge.twilio.TwilioSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/// Places the calls that are stored, each once. A request that goes away does not take its call
/// along: dialling is owned here.
@Component
final class Dialer implements SmartLifecycle {

  /// Calls that may wait to be dialled. One more is refused, which its row then says.
  static final int MAX_WAITING = 1_000;

  private static final int CONCURRENCY = 8;
  private static final Logger LOG = LoggerFactory.getLogger("callbridge.call");

  /// Twilio never processed a request it answered so. Nothing else is sent twice.
  private static final Retry RATE_LIMITED =
      Retry.backoff(5, Duration.ofMillis(500))
          .jitter(0.5)
          .filter(e ->
              e instanceof TwilioRestException t
                  && t.kind() == TwilioRestException.Kind.RATE_LIMITED)
          .onRetryExhaustedThrow((_, signal) -> signal.failure());

  /// The carrier was not asked, and nobody will ask it any more.
  private static final Map<String, String> NOT_DIALLED =
      Map.of("outcome", Outcome.INTERRUPTED.name(), "by", "RELAY", "reason", "not_dialled");

  private final CallStore calls;
  private final OpenCalls open;
  private final EvidenceWriter evidence;
  private final TwilioCalls twilio;
  private final TwilioSettings settings;
  private final Assistants assistants;
  private final Clock clock = Clock.systemUTC();
  private Sinks.Many<UUID> waiting = queue();
  private Sinks.Many<String> ending = queue();
  private Disposable dialling = Disposables.disposed();

  Dialer(
      CallStore calls,
      OpenCalls open,
      EvidenceWriter evidence,
      TwilioCalls twilio,
      TwilioSettings settings,
      Assistants assistants) {
    this.calls = calls;
    this.open = open;
    this.evidence = evidence;
    this.twilio = twilio;
    this.settings = settings;
    this.assistants = assistants;
  }

  /// @return false when too many wait already
  synchronized boolean dial(UUID callId) {
    return waiting.tryEmitNext(callId).isSuccess();
  }

  /// Ends the call of that sid, whoever asks and however long it takes.
  ///
  /// @return false when too many wait already
  synchronized boolean hangUp(String callSid) {
    return ending.tryEmitNext(callSid).isSuccess();
  }

  private Mono<Void> end(String callSid) {
    return twilio
        .hangUpUntilDone(callSid)
        .onErrorResume(e -> {
          LOG.error("{}: could not be hung up: {}", callSid, e.getMessage());
          return Mono.empty();
        });
  }

  private Mono<Void> place(UUID callId) {
    return calls
        .find(callId)
        .flatMap(
            call -> hangUpWasAsked(callId).flatMap(asked -> asked ? cancel(call) : claim(call)))
        .onErrorResume(e -> {
          LOG.error("call {}: could not be dialled", callId, e);
          return Mono.fromRunnable(() -> record(callId, Kind.REJECTED, NOT_DIALLED));
        });
  }

  private Mono<Void> claim(Call call) {
    return open.claimDial(call.id())
        .flatMap(claimed -> {
          if (claimed) {
            return create(call);
          }
          LOG.warn("call {}: not dialled, that was settled by another", call.id());
          return Mono.empty();
        });
  }

  private Mono<Void> create(Call call) {
    UUID id = call.id();
    return Mono.defer(() -> twilio.create(order(call)))
        .retryWhen(RATE_LIMITED)
        .doOnNext(sid -> {
          LOG.info("call {}: dialling, {}", id, sid);
          record(id, Kind.DIAL_ACCEPTED, Map.of("CallSid", sid));
        })
        .onErrorResume(e -> {
          recordFailure(id, e);
          return Mono.empty();
        })
        .flatMap(sid -> hangUpWasAsked(id).filter(asked -> asked).flatMap(_ -> end(sid)))
        // It rings, whatever is the matter with the database.
        .onErrorResume(e -> {
          LOG.error("call {}: whether it was to be hung up is not known", id, e);
          return Mono.empty();
        });
  }

  /// What is no answer of Twilio's leaves open whether it was asked: that is found out there.
  private void recordFailure(UUID id, Throwable failure) {
    LOG.warn("call {}: dialling failed, {}", id, failure.toString());
    if (!(failure instanceof TwilioRestException e)) {
      record(id, Kind.DIAL_UNCONFIRMED, Map.of("reason", "not_known"));
      return;
    }
    String reason =
        e.code() != null
            ? (e.kind() == TwilioRestException.Kind.NOT_ASKED ? "circuit_open_" : "")
                + "twilio_"
                + e.code()
            : e.status() > 0 ? "twilio_http_" + e.status() : "twilio_" + e.kind().name();
    Kind kind =
        e.kind() == TwilioRestException.Kind.AMBIGUOUS ? Kind.DIAL_UNCONFIRMED : Kind.DIAL_REFUSED;
    record(id, kind, Map.of("reason", reason.toLowerCase(Locale.ROOT)));
  }

  private TwilioCalls.Create order(Call call) {
    UUID id = call.id();
    return new TwilioCalls.Create(
        call.plan().to(),
        call.plan().from(),
        settings.webhook("/twilio/voice?call=" + id),
        settings.webhook("/twilio/voice/fallback"),
        settings.webhook("/twilio/status/" + id + TwilioSettings.RETRIES),
        call.plan().ringTimeout(),
        call.plan().maxDuration(),
        machineDetection(call));
  }

  private TwilioCalls.@Nullable MachineDetection machineDetection(Call call) {
    if (!call.plan().machineDetection()) {
      return null;
    }
    MachinePolicy policy = assistants.of(call.plan().assistant()).machine();
    return new TwilioCalls.MachineDetection(
        settings.webhook("/twilio/amd/" + call.id()), policy == MachinePolicy.LEAVE_MESSAGE);
  }

  private Mono<Void> cancel(Call call) {
    return Mono.fromRunnable(() ->
        record(
            call.id(),
            Kind.REJECTED,
            Map.of(
                "outcome",
                Outcome.CANCELED.name(),
                "by",
                "OPERATOR",
                "reason",
                "before_dialling")));
  }

  private Mono<Boolean> hangUpWasAsked(UUID callId) {
    return calls.events(callId).any(event -> event.kind() == Kind.HANG_UP_REQUESTED);
  }

  private void record(UUID callId, Kind kind, Map<String, String> details) {
    evidence.write(new CallEvent(callId, kind, Source.TWILIO, "create", clock.instant(), details));
  }

  private static <T> Sinks.Many<T> queue() {
    return Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MAX_WAITING));
  }

  @Override
  public synchronized void start() {
    waiting = queue();
    ending = queue();
    dialling =
        Disposables.composite(
            waiting
                .asFlux()
                .flatMap(this::place, CONCURRENCY)
                .subscribe(_ -> {}, e -> LOG.error("the dialler has stopped", e)),
            ending
                .asFlux()
                .flatMap(this::end, CONCURRENCY)
                .subscribe(_ -> {}, e -> LOG.error("calls are no longer hung up", e)));
  }

  @Override
  public synchronized void stop() {
    dialling.dispose();
  }

  @Override
  public synchronized boolean isRunning() {
    return !dialling.isDisposed();
  }

  /// Stops before the evidence writer does.
  @Override
  public int getPhase() {
    return 1;
  }
}
